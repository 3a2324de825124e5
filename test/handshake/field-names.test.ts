/** Every field that an error names is a field that the bytes view can show. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { layFields } from '../../src/handshake/fields.ts'
import { nameRegistered } from '../../src/handshake/fields-names.ts'
import { allParts, type Part } from '../../src/handshake/fields-schema.ts'
import { findFlaw } from '../../src/handshake/go-well-formed.ts'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import { parseCertificate12, parseCertificate13 } from '../../src/tls/certificate-message.ts'
import { parseCertificateRequest12, parseCertificateRequest13 } from '../../src/tls/certificate-request.ts'
import { parseCertificateStatus } from '../../src/tls/certificate-status.ts'
import { parseClientHello } from '../../src/tls/client-hello.ts'
import { parseCompressedCertificate } from '../../src/tls/compressed-certificate.ts'
import { TlsDecodeError } from '../../src/tls/decode-error.ts'
import { openHello } from '../../src/tls/hello-octets.ts'
import { parseNewSessionTicket12, parseNewSessionTicket13 } from '../../src/tls/new-session-ticket.ts'
import { nameExtension } from '../../src/tls/registry.ts'
import { parseEncryptedExtensions, parseServerHello } from '../../src/tls/server-hello.ts'
import { parseEcdheParameters } from '../../src/tls/server-key-exchange.ts'
import { findDevelopmentData } from '../tls/development-data.ts'
import { play, readVector } from './playbook.ts'

/** All names that the schema can give, with their paths; " length" stands for the octets in front of a vector. */
function listNames(): ReadonlySet<string> {
  const names = new Set(['msg_type', 'length', 'body', 'message'])
  const add = (parts: readonly Part[], path: string) => {
    for (const part of parts) {
      const name = part.is === 'extensions' ? `${path}extensions` : path + part.name
      names.add(name)
      if ('prefix' in part || part.is === 'extensions') names.add(`${name} length`)
      if (part.is === 'list') add(part.parts, `${name}.`)
      if (part.is !== 'extensions') continue
      for (const header of ['extension_type', 'extension_data', 'extension_data length']) names.add(`${name}.${header}`)
      for (const extension of REGISTERED) names.add(`${name}.${extension}`)
      for (const [id, inner] of Object.entries(part.by)) add(inner, `${name}.${nameExtension(Number(id)).name}.`)
    }
  }
  for (const parts of allParts()) add(parts, '')
  return names
}

/** An extension that no parser knows still has its name. */
const REGISTERED = new Set(Array.from({ length: 65_536 }, (_, id) => nameExtension(id).name))

const PARSERS: readonly ((body: Uint8Array) => unknown)[] = [
  parseClientHello,
  parseServerHello,
  parseEncryptedExtensions,
  parseCertificate12,
  parseCertificate13,
  (body) => parseCertificateRequest12(body, true),
  (body) => parseCertificateRequest12(body, false),
  parseCertificateRequest13,
  parseCertificateStatus,
  parseCompressedCertificate,
  parseNewSessionTicket12,
  parseNewSessionTicket13,
  (body) => parseEcdheParameters(body, true),
  (body) => openHello(Uint8Array.from([1, 0, body.length >> 8, body.length, ...body])),
]

const NAMES = listNames()

const seeds = [
  ...['go-tls12-client-certificate', 'go-tls13-client-certificate', 'go-tls13-hrr-ok', 'go-tls12-ok'],
  ...['hello-git-gnutls', 'hello-curl-openssl', 'curl-tls13-ok'],
].flatMap((name) => play(readVector(name), 'before').transcript.messages)

/** The name in an error's text. */
const nameIn = (text: string): string => /(?:^|: )([\w.*()-]+(?: length)?) at octet /.exec(text)?.[1] ?? text

/** Names in all that a parsed value says of malformed extensions. */
function collectMalformed(value: unknown, found: Set<string>): void {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'malformed') found.add(nameIn(String(inner)))
    else collectMalformed(inner, found)
  }
}

function collectFrom(body: Uint8Array, found: Set<string>): void {
  for (const parse of PARSERS) {
    try {
      collectMalformed(parse(body), found)
    } catch (error) {
      if (!(error instanceof TlsDecodeError)) throw error
      found.add(error.field)
    }
  }
}

describe('the names of fields in errors', () => {
  it('are names of the schema, for every prefix and every octet changed of real messages', () => {
    const found = new Set<string>()
    const bodies = new Set(seeds.map(({ octets }) => (octets ?? new Uint8Array(0)).subarray(4, 604)))
    for (const body of bodies) {
      for (let at = 0; at < body.length; at += 1 + (at >> 4)) {
        collectFrom(body.subarray(0, at), found)
        for (const value of [0, (body[at] ?? 0) + 1]) collectFrom(body.with(at, value & 255), found)
      }
    }
    expect(found.size).toBeGreaterThan(40)
    expect([...found].filter((name) => !NAMES.has(name))).toEqual([])
  }, 60_000)

  it("are names of the schema where go's reading is judged", () => {
    const found = new Set<string>()
    for (const { type, octets } of seeds.filter(({ dir }) => dir === 'server-to-client')) {
      const body = (octets ?? new Uint8Array(0)).subarray(4, 400)
      for (const isTls13 of [true, false])
        for (let at = 0; at < body.length; at += 1)
          for (const damaged of [body.subarray(0, at), body.with(at, 255), body.with(at, 0)]) {
            const flaw = findFlaw({ type, body: damaged }, { isTls13, minor: 26 })
            if (flaw !== null && !flaw.why.endsWith('do not make one')) found.add(flaw.field)
          }
    }
    expect(found.size).toBeGreaterThan(15)
    expect([...found].filter((name) => !NAMES.has(name))).toEqual([])
  })

  it('are names of the schema for the malformed corpora', () => {
    const data = findDevelopmentData()
    if (data === null) return
    const found = new Set<string>()
    for (const [file, side] of [
      ['tls-server-bytes', 's2c'],
      ['tls-client-bytes', 'c2s'],
    ] as const)
      for (const line of gunzipSync(readFileSync(join(data, 'malformed', `${file}.jsonl.gz`)))
        .toString()
        .trim()
        .split('\n')) {
        const octets = new Uint8Array(Buffer.from((JSON.parse(line) as { b64: string }).b64, 'base64')) // the file's own form
        const result = parseStreams({ c2s: null, s2c: null, [side]: octets })
        if (result.error !== undefined) found.add(result.error.field)
        collectMalformed(result, found)
      }
    expect(found.size).toBeGreaterThan(10)
    expect([...found].filter((name) => !NAMES.has(name))).toEqual([])
  })

  it('stand in the bytes view at the offset that the error names', () => {
    const hello = seeds.find(({ type }) => type === 1)?.octets ?? expect.fail('no hello')
    const places = new Set<string>()
    for (let end = 5; end < Math.min(hello.length, 700); end += 1) {
      try {
        parseClientHello(hello.subarray(4, end))
      } catch (error) {
        if (!(error instanceof TlsDecodeError)) throw error
        const { field, offset } = error
        const fields = layFields(hello.subarray(0, end), { version: 0x0304, cipherSuite: '', name: nameRegistered })
        const isThere = fields.some((shown) => shown.name.startsWith(field) && shown.offset <= offset + 4)
        // What is missing altogether has no octets to be shown.
        if (!isThere && offset + 4 < end) places.add(`${field} at ${offset} of ${end}`)
      }
    }
    expect([...places]).toEqual([])
  })
})
