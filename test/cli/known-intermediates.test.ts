import { describe, expect, it } from 'vitest'
import { findKnownIntermediates } from '../../src/cli/known-intermediates.ts'
import { openMemoryStore } from '../../src/store/memory.ts'
import type { Store } from '../../src/store/store.ts'
import { summarizeCertificate } from '../../src/x509/summary.ts'
import { ISSUING, LEAF, ROOT } from '../recorder/session.ts'
import { plainDraft } from '../store/draft.ts'
import { ca, mint } from '../x509/mint.ts'

/** A store that saw this chain in an earlier handshake. */
function storeThatSaw(...chain: readonly { readonly der: Buffer }[]): Store {
  const store = openMemoryStore()
  const certificates = {
    source: 'wire',
    sameAsGoSaw: true,
    chain: chain.map(({ der }) => summarizeCertificate(der)),
    verified: null,
    ocspStapled: null,
  } as const
  store.put(plainDraft('earlier', { certificates }))
  store.flush()
  return store
}

describe('an intermediate of an earlier chain', () => {
  it('is found where a presented chain lacks its issuer', () => {
    expect(findKnownIntermediates(storeThatSaw(LEAF, ISSUING), [LEAF.der])).toEqual([ISSUING.der])
  })
  it('is not asked for where the chain has it already', () => {
    expect(findKnownIntermediates(storeThatSaw(LEAF, ISSUING), [LEAF.der, ISSUING.der])).toEqual([])
  })
  it('is never a root: those come from this machine alone', () => {
    expect(findKnownIntermediates(storeThatSaw(LEAF, ISSUING, ROOT), [LEAF.der, ISSUING.der])).toEqual([])
  })
  it('is another one with the same name too: the verifier decides', () => {
    const namesake = mint({ subject: { commonName: 'Lab Issuing CA' }, issuer: ROOT, extensions: [ca()] })
    expect(findKnownIntermediates(storeThatSaw(LEAF, ISSUING, namesake), [LEAF.der])).toHaveLength(2)
  })
  it('is none for octets that are no certificate, and none in an empty store', () => {
    expect(findKnownIntermediates(storeThatSaw(LEAF, ISSUING), [Buffer.from('no certificate')])).toEqual([])
    expect(findKnownIntermediates(openMemoryStore(), [LEAF.der])).toEqual([])
    expect(findKnownIntermediates(openMemoryStore(), [])).toEqual([])
  })
})
