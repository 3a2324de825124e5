/** The client's side of SOCKS 5 (RFC 1928, RFC 1929) as go's net/http has it: one CONNECT, names sent to the proxy. Octets and texts only, no socket. */
import { parseIpAddress } from './ip-address.ts'

/** What is to be sent next, or how it ended. */
export type SocksStep =
  | { readonly kind: 'wait' }
  | { readonly kind: 'send'; readonly octets: Buffer }
  /** The tunnel stands; `rest` is what came behind the answer. */
  | { readonly kind: 'open'; readonly rest: Buffer }
  /** `text` is Go's error, without what it says of the addresses. */
  | { readonly kind: 'failed'; readonly text: string }

/** How far a negotiation got: the last step that the proxy answered, and with what. */
export interface SocksProgress {
  readonly step: 'method' | 'login' | 'request'
  readonly code: number
}

/**
 * One negotiation. Written here and not taken from a package: packages turn reply codes into errors of their own and time out sooner than go, and
 * what go prints depends on every octet of the answer.
 */
export class SocksNegotiation {
  readonly #target: { readonly host: string; readonly port: number }
  readonly #login: { readonly username: Buffer; readonly password: Buffer } | undefined
  #received: Buffer = Buffer.alloc(0)
  #awaits: 'method' | 'login' | 'request' = 'method'
  #progress: SocksProgress | null = null

  constructor(target: { readonly host: string; readonly port: number }, login?: { readonly username: Buffer; readonly password: Buffer }) {
    this.#target = target
    this.#login = login
  }

  /** The first message: no login, or none and user/password where the URL has a user part. */
  greet(): Buffer {
    return Buffer.from(this.#login === undefined ? [VERSION, 1, NO_LOGIN] : [VERSION, 2, NO_LOGIN, USER_PASSWORD])
  }

  /** null until the proxy has answered anything whole. */
  get progress(): SocksProgress | null {
    return this.#progress
  }

  /** Octets that came and were not used yet. */
  get received(): Buffer {
    return this.#received
  }

  /** Octets from the proxy, cut anywhere; called again with none until it waits. */
  take(octets: Buffer): SocksStep {
    this.#received = Buffer.concat([this.#received, octets])
    switch (this.#awaits) {
      case 'method':
        return this.#readMethod()
      case 'login':
        return this.#readLogin()
      case 'request':
        return this.#readReply()
      default:
        return this.#awaits satisfies never
    }
  }

  #readMethod(): SocksStep {
    const [version, method] = this.#received
    if (version === undefined || method === undefined) return WAIT
    if (version !== VERSION) return wrongVersion(version)
    this.#progress = { step: 'method', code: method }
    if (method === NO_METHOD) return failed('no acceptable authentication methods')
    this.#drop(2)
    if (this.#login === undefined || method === NO_LOGIN) return this.#ask()
    if (method !== USER_PASSWORD) return failed(`unsupported authentication method ${method}`)
    return this.#logIn(this.#login)
  }

  #logIn({ username, password }: { readonly username: Buffer; readonly password: Buffer }): SocksStep {
    if (username.length === 0 || username.length > 255 || password.length > 255) return failed('invalid username/password')
    this.#awaits = 'login'
    const sized = (value: Buffer) => [Buffer.from([value.length]), value]
    return { kind: 'send', octets: Buffer.concat([Buffer.from([LOGIN_VERSION]), ...sized(username), ...sized(password)]) }
  }

  #readLogin(): SocksStep {
    const [version, status] = this.#received
    if (version === undefined || status === undefined) return WAIT
    if (version !== LOGIN_VERSION) return failed('invalid username/password version')
    this.#progress = { step: 'login', code: status }
    if (status !== 0) return failed('username/password authentication failed')
    this.#drop(2)
    return this.#ask()
  }

  #ask(): SocksStep {
    const { host, port } = this.#target
    // Go takes an address with a zone for a name; one of IPv4 written as IPv6 is sent as IPv4.
    const address = host.includes('%') ? undefined : parseIpAddress(host)
    const name = Buffer.from(host, 'utf8')
    if (address === undefined && name.length > 255) return failed('FQDN too long')
    this.#awaits = 'request'
    const where = address === undefined ? [DOMAIN, name.length, ...name] : [address.length === 4 ? IPV4 : IPV6, ...address]
    return { kind: 'send', octets: Buffer.from([VERSION, CONNECT, 0, ...where, port >> 8, port & 0xff]) }
  }

  #readReply(): SocksStep {
    const [version, code, reserved, type, length] = this.#received
    if (version === undefined || code === undefined || reserved === undefined || type === undefined) return WAIT
    if (version !== VERSION) return wrongVersion(version)
    this.#progress = { step: 'request', code }
    if (code !== 0) return failed(`unknown error ${REPLIES[code] ?? `unknown code: ${code}`}`)
    if (reserved !== 0) return failed('non-zero reserved field')
    const addressBytes = type === IPV4 ? 4 : type === IPV6 ? 16 : type === DOMAIN ? length : null
    if (addressBytes === null) return failed(`unknown address type ${type}`)
    if (addressBytes === undefined) return WAIT
    const end = 4 + (type === DOMAIN ? 1 : 0) + addressBytes + 2
    if (this.#received.length < end) return WAIT
    const rest = this.#received.subarray(end)
    this.#drop(end)
    return { kind: 'open', rest }
  }

  #drop(bytes: number): void {
    this.#received = this.#received.subarray(bytes)
  }
}

/** What go says when the proxy ends the connection: `EOF` between two of go's reads (the reply is read in parts), `unexpected EOF` inside one. */
export function endOfFileText({ received, progress }: SocksNegotiation): string {
  const isBetween = received.length === 0 || (progress?.step === 'request' && isReadBoundary(received))
  return isBetween ? 'EOF' : 'unexpected EOF'
}

function isReadBoundary(reply: Buffer): boolean {
  return reply.length === 4 || (reply.length === 5 && reply[3] === DOMAIN)
}

const VERSION = 5
const LOGIN_VERSION = 1
const NO_LOGIN = 0
const USER_PASSWORD = 2
const NO_METHOD = 0xff
const CONNECT = 1
const IPV4 = 1
const DOMAIN = 3
const IPV6 = 4
const WAIT: SocksStep = { kind: 'wait' }

/** Words of Go for the reply codes of RFC 1928 section 6. */
const REPLIES: Readonly<Record<number, string>> = {
  1: 'general SOCKS server failure',
  2: 'connection not allowed by ruleset',
  3: 'network unreachable',
  4: 'host unreachable',
  5: 'connection refused',
  6: 'TTL expired',
  7: 'command not supported',
  8: 'address type not supported',
}

function failed(text: string): SocksStep {
  return { kind: 'failed', text }
}

function wrongVersion(version: number): SocksStep {
  return failed(`unexpected protocol version ${version}`)
}
