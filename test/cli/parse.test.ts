import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { parseCommand } from '../../src/cli/parse.ts'
import { writePcapng } from '../../src/report/pcapng.ts'

/** What the command writes for one file: exit code and stderr. */
async function parseFile(octets: Uint8Array): Promise<{ exitCode: number; stderr: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'whytls-parse-'))
  const file = join(folder, 'client.bin')
  writeFileSync(file, octets)
  let stderr = ''
  const out = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  const err = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    stderr += text
    return true
  })
  try {
    return { exitCode: await parseCommand({ client: file }), stderr: stderr.replace(file, 'FILE') }
  } finally {
    out.mockRestore()
    err.mockRestore()
    rmSync(folder, { recursive: true })
  }
}

describe('whytls parse', () => {
  it('names file, offset and field of the message that breaks the protocol', async () => {
    expect(await parseFile(Uint8Array.of(22, 3, 1, 0, 6, 1, 0, 0, 2, 3, 3))).toEqual({
      exitCode: 2,
      stderr: 'error[unreadable]: FILE: offset 11, random: ClientHello: random at octet 2: needs 32 octets, 0 are left\n',
    })
  })

  it('says how a file begins that is not TLS', async () => {
    const { exitCode, stderr } = await parseFile(Buffer.from('%PDF-1.4'))
    expect([exitCode, stderr]).toEqual([
      2,
      'error[unreadable]: FILE: offset 0, record: no TLS record begins here: the file begins with 255044462d312e34\n',
    ])
  })

  it('names DTLS and QUIC', async () => {
    const dtls = Buffer.concat([Buffer.from('16feff0000000000000000000a', 'hex'), Buffer.alloc(10)])
    const quic = Buffer.concat([Buffer.from('c300000001', 'hex'), Buffer.alloc(1195)])
    for (const [octets, name] of [
      [dtls, 'DTLS'],
      [quic, 'QUIC'],
    ] as const) {
      expect(await parseFile(octets)).toEqual({ exitCode: 2, stderr: `error[unreadable]: FILE is ${name}: only TLS over TCP is read\n` })
    }
  })

  it('sends a packet capture to import', async () => {
    const capture = writePcapng({ application: 'a test', comment: '', secrets: [], packets: [] })
    await expect(parseFile(capture)).rejects.toMatchObject({ code: 'unreadable', fix: 'whytls import FILE', exitCode: 2 })
  })
})
