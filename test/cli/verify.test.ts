import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { Problem } from '../../src/cli/problem.ts'
import { type VerifyOptions, verifyCommand } from '../../src/cli/verify.ts'
import { ca, dns, excluded, mint, san, toPem } from '../x509/mint.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-verify-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => void vi.restoreAllMocks())

const HOST = 'mods.example'
const root = mint({ subject: { commonName: 'Root' }, extensions: [ca()] })
const leaf = mint({ subject: { commonName: 'leaf' }, issuer: root, extensions: [san(dns(HOST))] })
const negative = mint({ subject: { commonName: 'leaf' }, issuer: root, extensions: [san(dns(HOST))], serial: Buffer.of(0x80) })

function save(name: string, content: string | Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

const roots = save('roots.pem', toPem(root.der))
const chain = save('chain.pem', `some words\n${toPem(leaf.der)}`)
const common = { roots, host: HOST, at: '2026-06-15T12:00:00Z', go: '1.26.8', godebug: '', color: 'never' } as const

async function run(options: Partial<VerifyOptions>): Promise<{ readonly code: number; readonly text: string }> {
  let text = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  const code = await verifyCommand({ ...common, ...options })
  return { code, text }
}

describe('whytls verify', () => {
  it('ends with 0 and names the path where go accepts', async () => {
    const { code, text } = await run({ chain })
    expect(code).toBe(0)
    expect(text).toContain('accepted by go 1.26.8')
    expect(text).toContain('CN=Root, root, not sent, from the roots')
    expect(text).toContain('go 1.21 to 1.27 passes')
  })

  it("ends with 1 and has go's text, the nearest miss and every defect where go refuses", async () => {
    const { code, text } = await run({ chain, host: 'other.example', at: '2027-06-15T12:00:00Z' })
    expect(code).toBe(1)
    expect(text).toContain('tls: failed to verify certificate: x509: certificate has expired or is not yet valid')
    expect(text).toContain('nearest miss, it reaches a root')
    expect(text).toMatch(/1 cert-expired, certificate 1 of 1, CN=leaf \(the one that go\s+prints\)/)
    expect(text).toContain('2 cert-name-mismatch')
    expect(text).toContain('3 root-expired')
  })

  it('says from which version on a chain is refused', async () => {
    const { code, text } = await run({ chain: save('negative.der', negative.der), go: '1.23' })
    expect(code).toBe(0)
    expect(text.replace(/\s+/g, ' ')).toContain('works until go 1.23, refused from go 1.24 on because "x509: negative serial number"')
    expect((await run({ chain: join(folder, 'negative.der') })).code).toBe(1)
    expect((await run({ chain: join(folder, 'negative.der'), godebug: 'x509negativeserial=1' })).code).toBe(0)
  })

  it('says where another patch level of the same version decides otherwise', async () => {
    const issuing = mint({ subject: { commonName: 'Issuing' }, issuer: root, extensions: [ca(), excluded(dns('a.mods.example'))] })
    const below = mint({ subject: {}, issuer: issuing, extensions: [san(dns('*.mods.example'), dns('*.b.mods.example'))] })
    const wild = save(
      'wild.pem',
      toPem(mint({ subject: {}, issuer: issuing, extensions: [san(dns('*.b.mods.example'))] }).der) + toPem(issuing.der),
    )
    const old = await run({ chain: wild, host: 'x.b.mods.example', go: '1.25.7' })
    expect(old.code).toBe(1)
    expect(old.text.replace(/\s+/g, ' ')).toContain('go 1.25 stands for 1.25.7 here; the last patch level of go 1.25 accepts the chain')
    for (const go of ['1.25', '1.25.14']) {
      expect((await run({ chain: wild, host: 'x.b.mods.example', go })).text).not.toContain('stands for')
    }
    expect(
      (await run({ chain: save('both.pem', toPem(below.der) + toPem(issuing.der)), host: 'x.b.mods.example', go: '1.25.7' })).text,
    ).not.toContain('stands for')
  })

  it('has as JSON the fields of a batch line, all versions and the chain', async () => {
    const { code, text } = await run({ chain, host: 'other.example', json: true })
    expect(code).toBe(1)
    const goText = `x509: certificate is valid for ${HOST}, not other.example`
    expect(JSON.parse(text)).toMatchObject({
      schema: 'whytls/1',
      ok: false,
      stage: 'verify',
      goText,
      tlsText: `tls: failed to verify certificate: ${goText}`,
      defects: [{ code: 'cert-name-mismatch', certificate: 0 }],
      byGoVersion: { '1.21': goText, '1.26': goText },
      path: { kind: 'nearest-miss', reachesRoot: true },
      certificates: { chain: [{ subject: 'CN=leaf' }], verified: { ok: false, goText } },
    })
  })

  it.each([
    ['a file that is not there', join(folder, 'absent.pem'), /absent\.pem cannot be read: there is no such file/],
    ['a cut block', save('cut.pem', `# two\n${toPem(leaf.der).slice(0, 200)}`), /cut\.pem, octet 6: this block has no END line/],
    [
      'one damaged block behind a good one',
      save('two.pem', `${toPem(leaf.der)}${toPem(root.der).replace(/\n.{8}/, '\n!!!!!!!!')}`),
      /octet \d{3}: the base64/,
    ],
    ['an empty file', save('empty.pem', ''), /octet 0: the file is empty/],
    ['words', save('words.txt', 'hello'), /octet 0: neither a PEM block nor a DER certificate/],
    ['cut DER', save('cut.der', leaf.der.subarray(0, 90)), /octet 0: .* does not fit the 90 octets/],
  ])('calls %s unreadable in one line, exit 2', async (_what, file, message) => {
    const error = await run({ chain: file }).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Problem)
    expect(error).toMatchObject({ exitCode: 2, fix: null, message: expect.stringMatching(message) })
    expect(String(error)).not.toContain('\n')
  })

  it.each([`https://${HOST}/x`, `${HOST}:443`])('asks for the name alone where --host is %s', async (host) => {
    const error = await run({ chain, host }).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ code: 'usage', fix: `--host ${HOST}`, exitCode: 2 })
  })

  it('takes addresses of both kinds for a host', async () => {
    for (const host of ['::1', '[::1]', '10.0.0.1']) expect(await run({ chain, host })).toMatchObject({ code: 1 })
  })

  it('says where a file of roots is not what go would read', async () => {
    const { code, text } = await run({ chain, roots: save('root.der', root.der) })
    expect(code).toBe(0)
    expect(text.replace(/\s+/g, ' ')).toContain('one DER certificate; go reads PEM only')
  })

  it('never prints what a certificate says raw', async () => {
    const hostile = mint({ subject: { commonName: 'x\u001b[2J\u202e' }, issuer: root, extensions: [san(dns(HOST))] })
    const { text } = await run({ chain: save('hostile.der', hostile.der) })
    expect(text).not.toMatch(/[\u001b\u202e]/)
  })
})
