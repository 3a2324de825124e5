/** The `--resolve HOST:PORT:ADDRESS` option, as curl has it. */
import { isIP } from 'node:net'
import { InvalidArgumentError } from 'commander'

/** One mapping: connections to host:port go to this address (same port). */
export interface ResolveEntry {
  readonly host: string
  readonly port: number
  readonly address: string
}

/** Collect one more `--resolve` value. @throws InvalidArgumentError naming what is wrong */
export function collectResolve(value: string, earlier: readonly ResolveEntry[]): readonly ResolveEntry[] {
  const match = /^(\[[^\]]+\]|[^:]+):(\d{1,5}):(.+)$/.exec(value)
  if (match === null) throw new InvalidArgumentError('it has the form HOST:PORT:ADDRESS, for example mods.example:443:127.0.0.1')
  const [, host = '', portText = '', rest = ''] = match
  const address = rest.replace(/^\[(.*)\]$/, '$1')
  const port = Number(portText)
  if (port < 1 || port > 65_535) throw new InvalidArgumentError(`${port} is no port (1 to 65535)`)
  if (isIP(address) === 0) throw new InvalidArgumentError(`${address} is no IP address`)
  return [...earlier, { host: host.toLowerCase(), port, address }]
}
