import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer } from 'node:tls'
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest'
import { type CertOptions, certCommand } from '../../src/cli/cert.ts'
import { type Authority, ca, dns, mint, san, toPem } from '../x509/mint.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-cert-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
afterEach(() => void vi.restoreAllMocks())

const root = mint({ subject: { commonName: 'Root' }, extensions: [ca()] })
const leaf = mint({
  subject: { commonName: 'leaf\u001b[2J' },
  issuer: root,
  extensions: [san(dns('mods.example'))],
  serial: Buffer.of(0xff),
})

async function run(source: string, options: Partial<CertOptions> = {}) {
  let [text, errors] = ['', '']
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    errors += String(chunk)
    return true
  })
  const code = await certCommand(source, { go: '1.26.8', resolve: [], color: 'never', ...options })
  return { code, text, errors }
}

function save(name: string, content: string | Uint8Array): string {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

describe('whytls cert', () => {
  it('shows every block of a file, the broken ones with the octets that are wrong', async () => {
    const { code, text } = await run(save('two.pem', `${toPem(leaf.der)}${toPem(root.der)}`))
    expect(code).toBe(0)
    expect(text).toMatch(/certificate 1 of 2: go 1\.26\.8 refuses it:\s+x509: negative serial/)
    expect(text).toContain('certificate 2 of 2: go 1.26.8 can read it')
    expect(text).toMatch(/octets 12 to 14, tbsCertificate\.serialNumber: x509: negative serial\s+number/)
    expect(text).toContain('02 01 ff')
    expect(text).toContain('go does not check revocation')
    expect(text).not.toContain('\u001b')
  })

  it('goes on behind a damaged block, says its octet and ends with 2', async () => {
    const { code, text, errors } = await run(
      save('half.pem', `-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n${toPem(root.der)}`),
    )
    expect(code).toBe(2)
    expect(text).toContain('CN=Root')
    expect(errors).toMatch(/^error\[unreadable\]: .*half\.pem, octet 0: the base64 of this block is damaged\n$/)
  })

  it('reads TRUSTED CERTIFICATE and a file with a byte order mark, which go does not', async () => {
    const trusted = toPem(Buffer.concat([root.der, Buffer.of(0x30, 0)]), 'TRUSTED CERTIFICATE')
    const { code, text } = await run(save('trusted.pem', `\ufeff${trusted}`))
    expect(code).toBe(0)
    expect(text).toContain('can read it')
  })

  it('has every field, every place and every version as JSON', async () => {
    const { text } = await run(save('leaf.der', leaf.der), { json: true })
    expect(JSON.parse(text)).toMatchObject({
      schema: 'whytls/1',
      certificates: [
        {
          ok: false,
          goText: 'x509: negative serial number',
          serialNumber: '-1',
          wrong: [{ field: 'tbsCertificate.serialNumber', offset: 12, end: 15, octets: '0201ff' }],
          extensions: [{ name: 'subjectAltName', critical: false }],
          byGoVersion: { '1.23': 'passes', '1.24': 'x509: negative serial number' },
        },
      ],
    })
  })

  it('says of a server that cannot be reached why, and not that it sent nothing', async () => {
    vi.stubEnv('NO_PROXY', '*')
    await expect(run('127.0.0.1:1')).rejects.toThrow(/^127\.0\.0\.1:1 cannot be reached: dial tcp 127\.0\.0\.1:1: /)
    vi.unstubAllEnvs()
  })

  it('says what each go makes of a certificate as such, not that a chain passes', async () => {
    const { text } = await run(save('root.pem', toPem(root.der)))
    expect(text).toContain('go 1.21 to 1.27 can parse it')
  })

  it('shows what a server sends, though nothing of it is trusted', async () => {
    const server = createServer({ key: pemOfKey(root), cert: toPem(root.der) })
    const port = await new Promise<number>((resolve) => {
      server.listen(0, '127.0.0.1', () => {
        const address = server.address()
        resolve(typeof address === 'object' && address !== null ? address.port : 0)
      })
    })
    vi.stubEnv('NO_PROXY', '*')
    const { code, text } = await run(`127.0.0.1:${port}`)
    vi.unstubAllEnvs()
    server.close()
    expect(code).toBe(0)
    expect(text).toContain('CN=Root')
    expect(text).toContain('the server stapled no response')
  })
})

function pemOfKey({ keys }: Authority): string {
  return keys.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
}
