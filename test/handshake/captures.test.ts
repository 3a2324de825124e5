import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { type ParseResult, parseStreams } from '../../src/handshake/tls-parse.ts'
import { findDevelopmentData } from '../tls/development-data.ts'

interface ExpectedHello {
  readonly version: number
  readonly random: string
  readonly session_id: string
  readonly cipher_suites: number[]
  readonly compression_methods: number[]
  readonly extensions: number[]
  readonly ext_lengths: number[]
  readonly sni: string | null
  readonly alpn: string[]
  readonly supported_versions: number[]
  readonly supported_groups: number[]
  readonly ec_point_formats: number[]
  readonly signature_algorithms: number[]
  readonly key_share_groups: number[]
  readonly psk_modes: number[]
  readonly psk_identities: number
  readonly ja3_full: string
  readonly ja3: string
}

interface ExpectedServerHello {
  readonly version: number
  readonly selected_version: number
  readonly cipher_suite: number
  readonly compression_method: number
  readonly extensions: number[]
  readonly alpn: string[]
  readonly key_share_group: number | null
  readonly psk_selected: number | null
  readonly hello_retry_request: boolean
  readonly random: string
  readonly session_id: string
  readonly ja3s_full: string
  readonly ja3s: string
}

interface ExpectedStream {
  readonly stream: number
  readonly crosscheck: { readonly agreed: boolean }
  readonly files: { readonly c2s: string | null; readonly s2c: string | null }
  readonly chunks: (readonly ['c' | 's', number])[]
  readonly tls_offset: { readonly c2s: number | null; readonly s2c: number | null }
  readonly records: { readonly c2s: number[][]; readonly s2c: number[][] }
  readonly handshake: (readonly ['c' | 's', number, number])[]
  readonly client_hellos: ExpectedHello[]
  readonly server_hellos: ExpectedServerHello[]
  readonly server_key_exchange: { readonly named_curve: number | null }[]
  readonly certificates: { readonly from: 'c' | 's'; readonly sha256: string[] }[]
  readonly certificate_requests: { readonly cert_types: number[]; readonly signature_algorithms: number[]; readonly authorities: number }[]
  readonly alerts: { readonly from: 'c' | 's'; readonly level: number; readonly description: number }[]
  readonly sslv2_client_hellos: { readonly version: number; readonly cipher_specs: number[] }[]
  readonly ja4?: {
    readonly value: string
    readonly r: string
    readonly confirmed_by: string[]
    readonly disputed_by: Readonly<Record<string, unknown>>
  }
}

const data = findDevelopmentData()
const captures = data === null ? [] : readdirSync(join(data, 'tls/captures'))

function readCapture(id: string): { folder: string; streams: ExpectedStream[] } {
  const folder = join(data ?? '', 'tls/captures', id)
  return { folder, streams: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')).streams }
}

function readOctets(folder: string, file: string | null): Uint8Array | null {
  return file === null ? null : new Uint8Array(readFileSync(join(folder, file)))
}

const ids = (list: readonly { readonly id: number }[]): number[] => list.map(({ id }) => id)

function flattenResult(seen: ParseResult) {
  return {
    tlsOffset: seen.tlsOffset,
    records: seen.records,
    handshake: seen.handshake,
    clientHellos: seen.clientHellos.map((hello) => ({
      version: Number(hello.legacyVersion),
      random: hello.random,
      session_id: hello.legacySessionId,
      cipher_suites: ids(hello.cipherSuites),
      compression_methods: hello.compressionMethods,
      extensions: ids(hello.extensions),
      ext_lengths: hello.extensions.map(({ lengthBytes }) => lengthBytes),
      sni: hello.serverName,
      alpn: hello.alpn,
      supported_versions: ids(hello.supportedVersions),
      supported_groups: ids(hello.supportedGroups),
      ec_point_formats: ids(hello.ecPointFormats),
      signature_algorithms: ids(hello.signatureAlgorithms),
      key_share_groups: hello.keyShares.map(({ group }) => group.id),
      psk_modes: ids(hello.pskKeyExchangeModes),
      psk_identities: hello.pskIdentities,
      ja3_full: hello.ja3,
      ja3: hello.ja3Hash,
    })),
    serverHellos: seen.serverHellos.map((hello) => ({
      version: Number(hello.legacyVersion),
      selected_version: hello.selectedVersion.id,
      cipher_suite: hello.cipherSuite.id,
      compression_method: hello.compressionMethod,
      extensions: ids(hello.extensions),
      alpn: hello.alpn === null ? [] : [hello.alpn],
      key_share_group: hello.keyShareGroup?.id ?? null,
      psk_selected: hello.pskSelectedIdentity,
      hello_retry_request: hello.helloRetryRequest,
      random: hello.random,
      session_id: hello.legacySessionId,
      ja3s_full: hello.ja3s,
      ja3s: hello.ja3sHash,
    })),
    curves: seen.serverKeyExchanges.map(({ namedCurve }) => namedCurve.id),
    certificates: seen.certificates,
    certificateRequests: seen.certificateRequests.map((request) => ({
      cert_types: request.certificateTypes,
      signature_algorithms: ids(request.signatureAlgorithms),
      authorities: request.certificateAuthorities.length,
    })),
    alerts: seen.alerts.map(({ from, level, code }) => ({ from, level: LEVELS[level ?? ''] ?? level, description: code })),
    sslv2: seen.sslv2ClientHellos.map(({ version, cipherSpecs }) => ({ version: version.id, cipher_specs: cipherSpecs })),
  }
}

const LEVELS: Readonly<Record<string, number>> = { warning: 1, fatal: 2 }

function flattenExpected(stream: ExpectedStream) {
  const pick = <Item extends object, Key extends keyof Item>(item: Item, keys: readonly Key[]): Pick<Item, Key> =>
    Object.fromEntries(keys.map((key) => [key, item[key]])) as Pick<Item, Key> // fromEntries forgets the keys
  return {
    tlsOffset: stream.tls_offset,
    records: stream.records,
    handshake: stream.handshake,
    clientHellos: stream.client_hellos.map((hello) => pick(hello, HELLO_KEYS)),
    serverHellos: stream.server_hellos.map((hello) => pick(hello, SERVER_HELLO_KEYS)),
    curves: stream.server_key_exchange.map(({ named_curve }) => named_curve).filter((curve) => curve !== null),
    certificates: stream.certificates.map(({ from, sha256 }) => ({ from, sha256 })),
    certificateRequests: stream.certificate_requests.map((request) => pick(request, ['cert_types', 'signature_algorithms', 'authorities'])),
    alerts: stream.alerts.map((alert) => pick(alert, ['from', 'level', 'description'])),
    sslv2: stream.sslv2_client_hellos.map((hello) => pick(hello, ['version', 'cipher_specs'])),
  }
}

const HELLO_KEYS = [
  'version',
  'random',
  'session_id',
  'cipher_suites',
  'compression_methods',
  'extensions',
  'ext_lengths',
  'sni',
  'alpn',
  'supported_versions',
  'supported_groups',
  'ec_point_formats',
  'signature_algorithms',
  'key_share_groups',
  'psk_modes',
  'psk_identities',
  'ja3_full',
  'ja3',
] as const

const SERVER_HELLO_KEYS = [
  'version',
  'selected_version',
  'cipher_suite',
  'compression_method',
  'extensions',
  'alpn',
  'key_share_group',
  'psk_selected',
  'hello_retry_request',
  'random',
  'session_id',
  'ja3s_full',
  'ja3s',
] as const

describe('parseStreams on real captures', () => {
  it('agrees with tshark and a second parser in every stream in which these two agree', () => {
    const differing: string[] = []
    for (const id of captures) {
      const { folder, streams } = readCapture(id)
      for (const stream of streams) {
        const seen = parseStreams({
          c2s: readOctets(folder, stream.files.c2s),
          s2c: readOctets(folder, stream.files.s2c),
          chunks: stream.chunks,
        })
        if (!stream.crosscheck.agreed) continue
        const [found, expected] = [flattenResult(seen), flattenExpected(stream)]
        for (const key of Object.keys(expected) as (keyof typeof expected)[]) {
          const [left, right] = [JSON.stringify(found[key]), JSON.stringify(expected[key])]
          if (left !== right)
            differing.push(`${id} ${stream.stream} ${key}\n  found    ${left.slice(0, 600)}\n  expected ${right.slice(0, 600)}`)
        }
      }
    }
    expect(differing).toEqual([])
  })

  it('gives JA4 and JA4_r as the hard values say', () => {
    const differing: string[] = []
    for (const id of captures) {
      const { folder, streams } = readCapture(id)
      for (const stream of streams.filter(isHardJa4)) {
        const seen = parseStreams({ c2s: readOctets(folder, stream.files.c2s), s2c: null })
        const [hello] = seen.clientHellos
        if (hello?.ja4 !== stream.ja4?.value || hello?.ja4r !== stream.ja4?.r) {
          differing.push(`${id} ${stream.stream}: ${hello?.ja4} ${hello?.ja4r}\n   expected ${stream.ja4?.value} ${stream.ja4?.r}`)
        }
      }
    }
    expect(differing).toEqual([])
  })
})

function isHardJa4({ ja4 }: ExpectedStream): boolean {
  if (ja4 === undefined || ja4 === null) return false
  if (ja4.confirmed_by.some((name) => name.startsWith('foxio_'))) return true
  return ja4.confirmed_by.length > 0 && Object.keys(ja4.disputed_by).length === 0
}
