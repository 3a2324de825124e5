import { describe, expect, it } from 'vitest'
import { checkLinks } from '../../src/x509/links.ts'
import { ca, mint, newKey } from './mint.ts'

const root = mint({ subject: { commonName: 'Root' }, key: newKey(), extensions: [ca()] })
const namesake = mint({ subject: { commonName: 'Root' }, key: newKey(), extensions: [ca()] })
const leaf = mint({ subject: { commonName: 'leaf' }, issuer: root, key: newKey() })

describe('the links of a chain', () => {
  it('say of each certificate but the last whether the next one signed it', () => {
    expect(checkLinks([leaf.der, root.der])).toEqual(['yes'])
    expect(checkLinks([leaf.der, namesake.der])).toEqual(['no'])
    expect(checkLinks([root.der, leaf.der, Buffer.from('no certificate')])).toEqual(['other-name', 'other-name'])
  })

  it('are none in a chain of one, and in none', () => {
    expect(checkLinks([leaf.der])).toEqual([])
    expect(checkLinks([])).toEqual([])
  })
})
