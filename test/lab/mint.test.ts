import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { mintChain, toPem } from '../../src/lab/chain.ts'
import { mintKey, shiftTime } from '../../src/lab/mint.ts'

const NOW = new Date('2026-11-22T12:00:00Z')
const values = { host: 'a.whytls.test', aia: 'http://127.0.0.1:1/ca.cer' }

async function mintSent(recipe: string): Promise<X509Certificate[]> {
  return (await mintChain(recipe, NOW, values)).sent.map((der) => new X509Certificate(der))
}

describe('mintChain', () => {
  it('makes a chain whose signatures, names and dates hold', async () => {
    const chain = await mintChain('ok', NOW, values)
    const [leaf, intermediate] = chain.sent.map((der) => new X509Certificate(der))
    const root = new X509Certificate(chain.rootsPem)
    expect(leaf?.verify(intermediate?.publicKey ?? root.publicKey)).toBe(true)
    expect(intermediate?.verify(root.publicKey)).toBe(true)
    expect(leaf?.checkHost('a.whytls.test')).toBe('a.whytls.test')
    expect([leaf?.validFrom, leaf?.validTo]).toEqual(['Oct 23 12:00:00 2026 GMT', 'Jan 21 12:00:00 2027 GMT'])
  })

  it('gives positive serial numbers, always', () => {
    return Promise.all(
      Array.from({ length: 50 }, async () => {
        for (const one of await mintSent('ok')) expect(one.serialNumber).toMatch(/^[4-7]/)
      }),
    )
  })

  it('copies the public key into the certificate unchanged', async () => {
    const chain = await mintChain('ok', NOW, values)
    const leaf = new X509Certificate(chain.sent[0] ?? Buffer.alloc(0))
    expect(chain.key === null ? false : leaf.checkPrivateKey(chain.key)).toBe(true)
  })

  it('counts validity from the time given, not from the clock', async () => {
    const [leaf] = await mintSent('cert-expired')
    expect(leaf?.validTo).toBe('Nov 19 12:00:00 2026 GMT')
  })

  it('lists the fingerprints of what is sent, in order', async () => {
    const chain = await mintChain('ok', NOW, values)
    const fingerprints = chain.sent.map((der) => new X509Certificate(der).fingerprint256.replaceAll(':', '').toLowerCase())
    expect(chain.served).toEqual(fingerprints)
  })

  it('writes the issuer URL of a leaf that comes alone', async () => {
    const [leaf, ...others] = await mintSent('missing-intermediate')
    expect(others).toEqual([])
    expect(leaf?.infoAccess).toContain('CA Issuers - URI:http://127.0.0.1:1/ca.cer')
  })
})

describe('toPem', () => {
  it('is what OpenSSL reads back to the same octets', async () => {
    const [der] = (await mintChain('ok', NOW, values)).sent
    expect(new X509Certificate(toPem(der ?? Buffer.alloc(0))).raw).toEqual(der)
  })
})

describe('shiftTime', () => {
  it('takes days, hours and minutes both ways', () => {
    expect(['-3d', '+12h', '-5m'].map((offset) => shiftTime(NOW, offset).toISOString())).toEqual([
      '2026-11-19T12:00:00.000Z',
      '2026-11-23T00:00:00.000Z',
      '2026-11-22T11:55:00.000Z',
    ])
  })

  it('refuses anything else', () => {
    expect(() => shiftTime(NOW, '3 days')).toThrow('-3d, +12h or +5m')
  })
})

describe('mintKey', () => {
  it('makes a bare modulus of 8208 bits without a private key', () => {
    const key = mintKey('RSA-8208')
    expect(key.privateKey).toBeNull()
    expect(key.spki.length).toBeGreaterThan(8208 / 8)
  })
})
