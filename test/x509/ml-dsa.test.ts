import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseCertificate } from '../../src/x509/certificate.ts'
import { goKeyType } from '../../src/x509/public-key.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { goRules } from '../../src/x509/rules.ts'
import { checkSignature, type SignatureAlgorithm } from '../../src/x509/signature.ts'
import { summarizeCertificate } from '../../src/x509/summary.ts'
import { verifyChain } from '../../src/x509/verify.ts'

/** Certificates that crypto/x509 of go 1.27.4 made: a root with a key of each parameter set, and a leaf with an EC key below it. */
const text = readFileSync(join(import.meta.dirname, '../vectors/x509/ml-dsa.json'), 'utf8')
const VECTORS: readonly { readonly name: string; readonly root: string; readonly leaf: string }[] = JSON.parse(text)
const decode = (base64: string) => Buffer.from(base64, 'base64')

function judge(leaf: Uint8Array, root: Uint8Array, go: string): string {
  const request = { presented: [leaf], roots: makeRootPool([root]), now: new Date('2026-06-15T12:00:00Z'), name: 'modules.example' }
  const { ok, goText } = verifyChain({ ...request, rules: goRules(go) })
  return ok ? 'accepted' : goText
}

describe.each(VECTORS)('$name', ({ name, root, leaf }) => {
  it('is known since 1.27', () => {
    expect(judge(decode(leaf), decode(root), '1.27.0')).toBe('accepted')
    expect(judge(decode(leaf), decode(root), '1.26.11')).toBe('x509: certificate signed by unknown authority')
    expect(goKeyType(parseCertificate(decode(root), goRules('1.27')).publicKey)).toBe('*mldsa.PublicKey')
    expect(summarizeCertificate(decode(root)).publicKey).toContain(name)
  })

  const because = (problem: string) =>
    `x509: certificate signed by unknown authority (possibly because of "${problem}" while trying to verify candidate authority certificate "${name} Root")`
  const change = (der: Buffer, at: number) => {
    const changed = Buffer.from(der)
    changed[at] = (changed[at] ?? 0) ^ 1
    return changed
  }

  it('refuses a signature that was changed, in the words of Go', () => {
    const sound = decode(leaf)
    const wrong = because('x509: ML-DSA verification failure: mldsa: invalid signature')
    expect(judge(change(sound, sound.length - 1200), decode(root), '1.27.0')).toBe(wrong)
    const limits = because('x509: ML-DSA verification failure: mldsa: invalid signature encoding')
    const changed = Buffer.from(sound)
    changed[changed.length - 1] = 255
    expect(judge(changed, decode(root), '1.27.0')).toBe(limits)
  })

  it('refuses a signature of another length and an algorithm with other parameters', () => {
    const { signatureAlgorithm: own, publicKey, rawTbs, signature } = parseCertificate(decode(root), goRules('1.27'))
    const check = (algorithm: SignatureAlgorithm, octets: Uint8Array) =>
      checkSignature(algorithm, rawTbs, octets, publicKey, goRules('1.27'))?.goText
    expect(check(own, signature)).toBeUndefined()
    expect(check(own, signature.subarray(1))).toBe('x509: ML-DSA verification failure: mldsa: invalid signature length')
    const other = { ...own, name: 'ML-DSA-00' }
    const words = 'x509: signature algorithm specifies an ML-DSA public key with ML-DSA-00 parameters, but have a public key with'
    expect(check(other, signature)).toBe(`${words} ${name} parameters`)
  })
})
