import { Resolver, lookup as systemLookup } from 'node:dns'
import { readFile } from 'node:fs/promises'
import { isIP } from 'node:net'
import { hostname } from 'node:os'
import type { DialFailure } from '../diagnosis/observation.ts'
import { openUdp, orderAddresses } from './address-order.ts'
import { findInHostsFile, locateHostsFile } from './hosts-file.ts'
import { joinHostPort } from './ip-address.ts'
import { listNames, parseResolvConf, type ResolverSettings } from './resolv-conf.ts'
import { findMapping, type ResolveMap } from './resolve-mapping.ts'

/** Where a name leads. */
export interface Resolved {
  /** IP addresses in the order in which Go would try them; never empty. */
  readonly addresses: readonly string[]
  readonly port: number
  readonly by: '--resolve' | null
}

/** Finds the addresses of a host as the go command does. Throws LookupError. */
export type Resolve = (host: string, port: number) => Promise<Resolved>

/** A name that did not resolve. `message` is Go's text from "lookup" on. */
export class LookupError extends Error {
  override readonly name = 'LookupError'
  readonly kind: Extract<DialFailure['kind'], 'nxdomain' | 'servfail' | 'no-address' | 'dns-timeout'>
  /** The resolver that answered or did not, "ip:53"; null when no server was asked. */
  readonly server: string | null
  constructor(kind: LookupError['kind'], goText: string, server: string | null) {
    super(goText)
    this.kind = kind
    this.server = server
  }
}

/** Where names are looked up; tests put their own files and port here. */
export interface ResolverOptions {
  readonly mapping: ResolveMap
  readonly platform?: string
  readonly hostsFile?: string
  readonly resolvConf?: string
  readonly dnsPort?: number
}

/**
 * Make a resolver: `--resolve` first, then as go does on Linux (hosts file, then the servers of resolv.conf, so that NXDOMAIN, no address,
 * failure and silence stay apart); on other systems the operating system's own resolver, which cannot tell them apart.
 */
export function createResolver(options: ResolverOptions): Resolve {
  const platform = options.platform ?? process.platform
  const lookUp = platform === 'darwin' || platform === 'win32' ? lookUpBySystem : (name: string) => lookUpAsGo(name, options)
  return async (host, port) => {
    const mapped = findMapping(options.mapping, host, port)
    if (mapped !== undefined) return { addresses: [mapped.address], port: mapped.port ?? port, by: '--resolve' }
    const addresses = isIP(host) > 0 ? [host] : await orderAddresses(await lookUp(host))
    return { addresses, port, by: null }
  }
}

async function lookUpAsGo(name: string, options: ResolverOptions): Promise<readonly string[]> {
  const hosts = await readText(options.hostsFile ?? locateHostsFile(process.platform, process.env['SystemRoot']))
  const fromFile = findInHostsFile(hosts, name)
  if (fromFile.length > 0) return fromFile
  if (!isDomainName(name)) throw new LookupError('nxdomain', `lookup ${name}: no such host`, null)
  const settings = parseResolvConf(await readText(options.resolvConf ?? '/etc/resolv.conf'), hostname())
  return askServers(name, settings, options.dnsPort ?? 53)
}

/** Ask for every name of the search list until one has an address; the original name's error is preferred, as Go prefers it. */
async function askServers(name: string, settings: ResolverSettings, port: number): Promise<readonly string[]> {
  let failure: QueryFailure | undefined
  for (const fqdn of listNames(name, settings)) {
    const answers = await Promise.all((['A', 'AAAA'] as const).map((type) => queryServers(fqdn, type, settings, port)))
    const addresses = answers.flatMap((answer) => ('addresses' in answer ? answer.addresses : []))
    if (addresses.length > 0) return addresses
    const own = answers.filter((answer) => 'kind' in answer)
    if (failure === undefined || fqdn === `${name}.`) failure = worstOf(own) ?? failure
  }
  throw await describeFailure(name, failure, port)
}

interface QueryFailure {
  readonly kind: LookupError['kind']
  readonly server: string
  /** Go's words after "lookup NAME on SERVER: "; undefined for those that name a local port. */
  readonly text: string | undefined
  readonly code: string
}

/** Which of the A and AAAA failures is told: the one that hides most, since Go reports whichever came last. */
function worstOf(failures: readonly QueryFailure[]): QueryFailure | undefined {
  const order: readonly QueryFailure['kind'][] = ['dns-timeout', 'servfail', 'no-address', 'nxdomain']
  return [...failures].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))[0]
}

/** One question to each server in turn, `attempts` times: what does not exist ends it, what fails goes on to the next. */
async function queryServers(
  fqdn: string,
  type: 'A' | 'AAAA',
  settings: ResolverSettings,
  port: number,
): Promise<QueryFailure | { readonly addresses: readonly string[] }> {
  let last: QueryFailure | undefined
  for (let attempt = 0; attempt < settings.attempts; attempt++) {
    for (const server of settings.servers) {
      const answer = await query(fqdn, type, server, port, settings.timeoutMs)
      if ('addresses' in answer || answer.kind === 'nxdomain' || answer.kind === 'no-address') return answer
      last = answer
    }
  }
  return last ?? { kind: 'servfail', server: '', text: 'server misbehaving', code: '' }
}

function query(
  fqdn: string,
  type: 'A' | 'AAAA',
  server: string,
  port: number,
  timeoutMs: number,
): Promise<QueryFailure | { readonly addresses: readonly string[] }> {
  const resolver = new Resolver({ timeout: timeoutMs, tries: 1 })
  resolver.setServers([joinHostPort(server, port)])
  return new Promise((resolve) => {
    const finish = (error: NodeJS.ErrnoException | null, addresses: readonly string[]) =>
      // An alias that leads nowhere is an answer without an address, and no error here.
      resolve(error === null && addresses.length > 0 ? { addresses } : classify(error?.code ?? 'ENODATA', server))
    if (type === 'A') resolver.resolve4(fqdn, finish)
    else resolver.resolve6(fqdn, finish)
  })
}

function classify(code: string, server: string): QueryFailure {
  if (code === 'ENOTFOUND') return { kind: 'nxdomain', server, text: 'no such host', code }
  if (code === 'ENODATA') return { kind: 'no-address', server, text: 'no such host', code }
  if (code === 'ETIMEOUT') return { kind: 'dns-timeout', server, text: undefined, code }
  if (code === 'ECONNREFUSED') return { kind: 'servfail', server, text: undefined, code }
  if (code === 'EBADRESP') return { kind: 'servfail', server, text: 'cannot unmarshal DNS message', code }
  return { kind: 'servfail', server, text: 'server misbehaving', code }
}

async function describeFailure(name: string, failure: QueryFailure | undefined, port: number): Promise<LookupError> {
  if (failure === undefined) return new LookupError('nxdomain', `lookup ${name}: no such host`, null)
  const server = joinHostPort(failure.server, port)
  const text = failure.text ?? (await describeSocketError(failure, port))
  return new LookupError(failure.kind, `lookup ${name} on ${server}: ${text}`, server)
}

/** Go names both ends of the UDP socket; ours is found by asking the kernel for the same. */
async function describeSocketError(failure: QueryFailure, port: number): Promise<string> {
  const own = (await openUdp(failure.server, port)) ?? { address: '0.0.0.0', port: 0 }
  const ends = `${joinHostPort(own.address, own.port)}->${joinHostPort(failure.server, port)}`
  return failure.kind === 'dns-timeout' ? `read udp ${ends}: i/o timeout` : `read udp ${ends}: read: connection refused`
}

function lookUpBySystem(name: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    systemLookup(name, { all: true, verbatim: true }, (error, found) => {
      if (error === null) return resolve(found.map((each) => each.address))
      const isTemporary = error.code === 'EAI_AGAIN'
      const text = isTemporary ? 'server misbehaving' : 'no such host'
      reject(new LookupError(isTemporary ? 'servfail' : 'nxdomain', `lookup ${name}: ${text}`, null))
    })
  })
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '')
}

/** Go's isDomainName: letters, digits, `-`, `_`, dots between labels of 1 to 63 octets, and not only digits. */
function isDomainName(name: string): boolean {
  if (name.length === 0 || name.length > 254 || (name.length === 254 && !name.endsWith('.'))) return false
  const labels = name.replace(/\.$/, '').split('.')
  const isSound = labels.every((label) => /^[A-Za-z0-9_-]{1,63}$/.test(label) && !/^-|-$/.test(label))
  return isSound && /[A-Za-z_-]/.test(name)
}
