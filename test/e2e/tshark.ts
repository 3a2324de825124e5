/** Asks the real tshark and capinfos what is in a capture. */
import { createHash } from 'node:crypto'
import { runCommand } from './go.ts'

/** What Wireshark makes of one TCP stream. */
export interface SeenStream {
  readonly comment: string
  readonly serverNames: readonly string[]
  readonly offeredSuites: readonly number[]
  readonly chosenSuites: readonly number[]
  /** SHA-256 of each certificate of the server's Certificate message. */
  readonly served: readonly string[]
  /** HandshakeType of every message that could be read, in order. */
  readonly types: readonly number[]
}

/** All streams in order. @throws when tshark says anything on stderr */
export async function readStreams(file: string): Promise<readonly SeenStream[]> {
  const comments = await fields(file, 'frame.comment', ['tcp.stream', 'frame.comment'])
  const client = await fields(file, 'tls.handshake.type == 1', [
    ...['tcp.stream', 'tls.handshake.extensions_server_name', 'tls.handshake.ciphersuite'],
  ])
  const server = await fields(file, 'tls.handshake.type == 2', ['tcp.stream', 'tls.handshake.ciphersuite'])
  const chains = await fields(file, 'tls.handshake.type == 11 && tls.handshake.certificate', ['tcp.stream', 'tls.handshake.certificate'])
  const types = await fields(file, 'tls.handshake.type', ['tcp.stream', 'tls.handshake.type'])
  const of = (rows: readonly (readonly string[])[], stream: string, at: number) =>
    rows.filter(([own]) => own === stream).flatMap((row) => (row[at] ?? '').split(',').filter((value) => value !== ''))
  return comments.map(([stream = '', comment = '']) => ({
    comment,
    serverNames: of(client, stream, 1),
    offeredSuites: of(client, stream, 2).map(Number),
    chosenSuites: of(server, stream, 1).map(Number),
    served: of(chains, stream, 1).map((hex) => createHash('sha256').update(Buffer.from(hex, 'hex')).digest('hex')),
    types: of(types, stream, 1).map(Number),
  }))
}

/** Frames that Wireshark calls malformed or wrong, one line each; checksums are verified. */
export async function findFaults(file: string): Promise<readonly string[]> {
  const rows = await fields(file, '_ws.malformed || _ws.expert.severity >= 0x800000', ['frame.number', '_ws.expert.message'])
  return rows.map((row) => row.join(' '))
}

/** Everything that tshark prints of a capture, decrypted. */
export function printAll(file: string): Promise<string> {
  return tshark(['-r', file, '-V', '-x'])
}

/** The TLS of a capture as PDML, segments that changed places put right; checksums are not looked at. */
export function printDissection(file: string): Promise<string> {
  return tshark(['-r', file, '-T', 'pdml', '-Y', 'tls'], ['tcp.reassemble_out_of_order:TRUE'])
}

/** What capinfos counts. */
export async function countSecrets(file: string): Promise<number> {
  const { stdout } = await runCommand(['capinfos', file], SETTING)
  return Number(/decryption secrets in file:\s*(\d+)/.exec(stdout)?.[1] ?? 0)
}

async function fields(file: string, filter: string, names: readonly string[]): Promise<readonly (readonly string[])[]> {
  const printed = await tshark(['-r', file, '-Y', filter, '-T', 'fields', ...names.flatMap((name) => ['-e', name])])
  return printed
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split('\t'))
}

/** Lab origins listen anywhere: the octets decide what is TLS, not the port. */
const PREFERENCES = ['ip.check_checksum:TRUE', 'tcp.check_checksum:TRUE', 'tcp.try_heuristic_first:TRUE']
const SETTING = { env: { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/nonexistent' }, cwd: '/' }

async function tshark(args: readonly string[], preferences: readonly string[] = PREFERENCES): Promise<string> {
  const { exitCode, stdout, stderr } = await runCommand(['tshark', ...preferences.flatMap((each) => ['-o', each]), ...args], SETTING)
  const complaint = stderr.replace(/^Running as user .*\n/, '')
  if (exitCode !== 0 || complaint !== '') throw new Error(`tshark ended with ${exitCode}: ${complaint}`)
  return stdout
}
