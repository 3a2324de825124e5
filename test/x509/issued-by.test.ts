import { describe, expect, it } from 'vitest'
import { findIssuer } from '../../src/x509/issued-by.ts'
import { ca, mint, newKey } from './mint.ts'

const root = mint({ subject: { commonName: 'Root' }, key: newKey(), extensions: [ca()] })
const namesake = mint({ subject: { commonName: 'Root' }, key: newKey(), extensions: [ca()] })
const other = mint({ subject: { commonName: 'Other' }, key: newKey(), extensions: [ca()] })
const leaf = mint({ subject: { commonName: 'leaf' }, issuer: root, key: newKey() })

describe('the issuer of a certificate', () => {
  it.each([
    ['the one that signed it', [other.der, namesake.der, root.der], 'issuer'],
    ['not one that only shares its name', [other.der, namesake.der], 'namesake'],
    ['not another authority', [other.der], 'none'],
    ['nobody, of no authorities', [], 'none'],
  ])('is %s', (_what, authorities, found) => {
    expect(findIssuer(leaf.der, authorities)).toBe(found)
  })

  it('is itself where it signed itself', () => {
    expect(findIssuer(root.der, [root.der])).toBe('issuer')
  })

  it('is nobody where the octets are no certificate', () => {
    expect(findIssuer(Buffer.from('no certificate'), [root.der, Buffer.from('none')])).toBe('none')
    expect(findIssuer(leaf.der, [Buffer.from('none')])).toBe('none')
  })
})
