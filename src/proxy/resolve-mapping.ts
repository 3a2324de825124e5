import { isIP } from 'node:net'

/** `--resolve` lines: key `host:port` in lower case. */
export type ResolveMap = ReadonlyMap<string, MappedAddress>

/** Where a mapped name really is. */
export interface MappedAddress {
  readonly address: string
  /** Another port than the one asked for, null for the same. */
  readonly port: number | null
}

/**
 * Parse `HOST:PORT:ADDRESS` (as curl's `--resolve`) or `HOST:PORT:ADDRESS:PORT`; IPv6 addresses stand in brackets.
 * @throws ResolveMappingError when a line has another form
 */
export function parseResolveMap(lines: readonly string[]): ResolveMap {
  return new Map(lines.map(parseLine))
}

/** A `--resolve` value that cannot be read; the message says what is expected. */
export class ResolveMappingError extends Error {
  override readonly name = 'ResolveMappingError'
}

/** The mapping of one host and port, undefined when there is none. */
export function findMapping(map: ResolveMap, host: string, port: number): MappedAddress | undefined {
  return map.get(`${host.toLowerCase()}:${port}`)
}

function parseLine(line: string): readonly [string, MappedAddress] {
  const found = /^([^:\s]+|\[[0-9a-fA-F:.]+\]):(\d{1,5}):(\[[0-9a-fA-F:.]+\]|[0-9.]+)(?::(\d{1,5}))?$/.exec(line)
  const [, host = '', port = '', bracketed = '', toPort] = found ?? []
  const address = bracketed.replace(/[[\]]/g, '')
  const ports = [Number(port), Number(toPort ?? port)]
  if (found === null || isIP(address) === 0 || ports.some((each) => each < 1 || each > 65535)) {
    throw new ResolveMappingError(`"${line}" is not HOST:PORT:ADDRESS (for example modules.example:443:127.0.0.1)`)
  }
  const key = `${host.replace(/[[\]]/g, '').toLowerCase()}:${Number(port)}`
  return [key, { address, port: toPort === undefined ? null : Number(toPort) }]
}
