/** One line of an NSS key log. */
export interface KeyLogLine {
  /** `SERVER_HANDSHAKE_TRAFFIC_SECRET` and the like. */
  readonly label: string
  /** Lower-case hex, 64 digits. */
  readonly clientRandom: string
  readonly secret: Uint8Array
}

/** Parse one NSS key log line (draft-ietf-tls-keylogfile); null for comments and whatever else is no such line. */
export function parseKeyLogLine(line: string): KeyLogLine | null {
  const match = /^([A-Z0-9_]+) ([0-9a-fA-F]{64}) ((?:[0-9a-fA-F]{2}){16,64})\s*$/.exec(line)
  const [, label, clientRandom, secret] = match ?? []
  if (label === undefined || clientRandom === undefined || secret === undefined) return null
  return { label, clientRandom: clientRandom.toLowerCase(), secret: new Uint8Array(Buffer.from(secret, 'hex')) }
}
