import type { ClientHello } from '../contract/handshake.ts'

/**
 * Which known client sends such a hello ("go 1.26"), by extension order, groups and suites; null when none is known.
 * server_name, ALPN, padding and cookie do not count: they come and go with the host, the length of its name, HTTP/2, a HelloRetryRequest.
 */
export function recognizeClient(hello: Pick<ClientHello, 'extensions' | 'supportedGroups' | 'cipherSuites'>): string | null {
  const order = hello.extensions.map(({ id }) => id).filter((id) => !OPTIONAL.has(id))
  const groups = hello.supportedGroups.map(({ id }) => id).join(' ')
  const hasRsaKeyExchange = hello.cipherSuites.some(({ id }) => id === TLS_RSA_WITH_AES_128_CBC_SHA)
  const known = KNOWN_CLIENTS.find(
    (client) =>
      client.order === order.join(' ') &&
      client.groups === groups &&
      (client.rsaKeyExchange === undefined || client.rsaKeyExchange === hasRsaKeyExchange),
  )
  return known?.name ?? null
}

interface KnownClient {
  readonly name: string
  readonly order: string
  readonly groups: string
  readonly rsaKeyExchange?: boolean
}

/** server_name, application_layer_protocol_negotiation, padding, cookie. */
const OPTIONAL: ReadonlySet<number> = new Set([0, 16, 21, 44])

const TLS_RSA_WITH_AES_128_CBC_SHA = 0x002f

/** Extension orders of Go, less those of OPTIONAL. */
const GO_121 = '5 10 11 13 65281 23 18 43 51'
const GO_123 = '11 65281 23 18 5 10 13 43 51'
const GO_125 = '11 65281 23 18 5 10 13 50 43 51'

const WITH_FINITE_FIELDS = '256 257 258 259 260'

/** Seen from the released go commands 1.21.13 to 1.26.8, git 2.39 with GnuTLS 3.7 and curl 7.88 with OpenSSL 3.0 (git built with OpenSSL is the same libcurl). */
const KNOWN_CLIENTS: readonly KnownClient[] = [
  { name: 'go 1.21/1.22', order: GO_121, groups: '29 23 24 25' },
  { name: 'go 1.23', order: GO_123, groups: '29 23 24 25', rsaKeyExchange: true },
  { name: 'go 1.24 (tlsmlkem=0)', order: GO_123, groups: '29 23 24 25', rsaKeyExchange: false },
  { name: 'go 1.24', order: GO_123, groups: '4588 29 23 24 25' },
  { name: 'go 1.24 (fips140)', order: GO_123, groups: '23 24 25', rsaKeyExchange: false },
  { name: 'go 1.25 (fips140)', order: GO_125, groups: '4588 23 24 25' },
  { name: 'go 1.25/1.26 (fips140, tlsmlkem=0)', order: GO_125, groups: '23 24 25' },
  { name: 'go 1.25', order: GO_125, groups: '4588 29 23 24 25' },
  { name: 'go 1.25/1.26 (tlsmlkem=0)', order: GO_125, groups: '29 23 24 25' },
  { name: 'go 1.26', order: GO_125, groups: '4588 4587 4589 29 23 24 25' },
  { name: 'go 1.26 (fips140)', order: GO_125, groups: '4588 4587 4589 23 24 25' },
  { name: 'git (GnuTLS)', order: '5 10 11 13 22 23 51 43 65281 28', groups: `23 24 25 29 30 ${WITH_FINITE_FIELDS}` },
  { name: 'curl or git (OpenSSL)', order: '11 10 22 23 49 13 43 45 51', groups: `29 23 30 25 24 ${WITH_FINITE_FIELDS}` },
]
