import type { ClientHello } from '../contract/handshake.ts'

/**
 * Which known client sends such a hello ("go 1.26"), by extension order, groups and suites; null when none is known.
 * server_name, ALPN and cookie do not count: go leaves them out for an IP address, without HTTP/2, before a HelloRetryRequest.
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

/** server_name, application_layer_protocol_negotiation, cookie. */
const OPTIONAL: ReadonlySet<number> = new Set([0, 16, 44])

const TLS_RSA_WITH_AES_128_CBC_SHA = 0x002f

/** Extension orders of Go, less those of OPTIONAL. */
const GO_121 = '5 10 11 13 65281 23 18 43 51'
const GO_123 = '11 65281 23 18 5 10 13 43 51'
const GO_125 = '11 65281 23 18 5 10 13 50 43 51'

/** Seen from the released go commands 1.21.13 to 1.26.8 and git 2.39 with GnuTLS 3.7. */
const KNOWN_CLIENTS: readonly KnownClient[] = [
  { name: 'go 1.21/1.22', order: GO_121, groups: '29 23 24 25' },
  { name: 'go 1.23', order: GO_123, groups: '29 23 24 25', rsaKeyExchange: true },
  { name: 'go 1.24 (tlsmlkem=0)', order: GO_123, groups: '29 23 24 25', rsaKeyExchange: false },
  { name: 'go 1.24', order: GO_123, groups: '4588 29 23 24 25' },
  { name: 'go 1.25', order: GO_125, groups: '4588 29 23 24 25' },
  { name: 'go 1.25/1.26 (tlsmlkem=0)', order: GO_125, groups: '29 23 24 25' },
  { name: 'go 1.26', order: GO_125, groups: '4588 4587 4589 29 23 24 25' },
  { name: 'go 1.26 (fips140)', order: GO_125, groups: '4588 4587 4589 23 24 25' },
]
