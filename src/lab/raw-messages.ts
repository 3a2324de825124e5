/** The few TLS octets that the lab's hand-made server reads and writes; it trusts its clients, which are go and whytls. */

export interface RawClientHello {
  /** The whole message with its 4-byte header, for the transcript hash. */
  readonly message: Buffer
  readonly random: Buffer
  readonly sessionId: Buffer
  /** Public key of the X25519 share, null when there is none. */
  readonly x25519Share: Buffer | null
  readonly cipherSuites: readonly number[]
  readonly groups: readonly number[]
}

/** Read the ClientHello that a connection begins with, in one record or several; undefined until all of it has come. */
export function readClientHello(received: Buffer): RawClientHello | undefined {
  return takeClientHellos(takeHandshake(received).content).hellos[0]
}

/** What stands in the whole records of the handshake, joined, and the octets of a record that has not come whole. Other records are left out. */
export function takeHandshake(received: Buffer): { readonly content: Buffer; readonly rest: Buffer } {
  const parts: Buffer[] = []
  let rest = received
  while (rest.length >= 5 && rest.length >= 5 + rest.readUInt16BE(3)) {
    const end = 5 + rest.readUInt16BE(3)
    if (rest[0] === HANDSHAKE) parts.push(rest.subarray(5, end))
    rest = rest.subarray(end)
  }
  return { content: Buffer.concat(parts), rest }
}

/** The whole ClientHellos of a handshake, other messages left out, and what has not come whole. */
export function takeClientHellos(content: Buffer): { readonly hellos: readonly RawClientHello[]; readonly rest: Buffer } {
  const hellos: RawClientHello[] = []
  let rest = content
  while (rest.length >= 4 && rest.length >= 4 + rest.readUIntBE(1, 3)) {
    const end = 4 + rest.readUIntBE(1, 3)
    if (rest[0] === CLIENT_HELLO) hellos.push(readHelloMessage(rest.subarray(0, end)))
    rest = rest.subarray(end)
  }
  return { hellos, rest }
}

const HANDSHAKE = 22
const CLIENT_HELLO = 1

function readHelloMessage(message: Buffer): RawClientHello {
  const sessionIdEnd = 39 + message.readUInt8(38)
  const suitesEnd = sessionIdEnd + 2 + message.readUInt16BE(sessionIdEnd)
  const compressionEnd = suitesEnd + 1 + message.readUInt8(suitesEnd)
  return {
    message,
    random: message.subarray(6, 38),
    sessionId: message.subarray(39, sessionIdEnd),
    x25519Share: findX25519Share(message.subarray(compressionEnd + 2)),
    cipherSuites: listNumbers(message.subarray(sessionIdEnd + 2, suitesEnd)),
    groups: listNumbers(findExtension(message.subarray(compressionEnd + 2), 10)?.subarray(2) ?? Buffer.alloc(0)),
  }
}

function listNumbers(octets: Buffer): readonly number[] {
  return Array.from({ length: octets.length >> 1 }, (_, n) => octets.readUInt16BE(2 * n))
}

/** A vector with a length of 1, 2 or 3 octets before it (RFC 8446 section 3.4). */
export function block(lengthOctets: 1 | 2 | 3, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = Buffer.alloc(lengthOctets)
  length.writeUIntBE(content.length, 0, lengthOctets)
  return Buffer.concat([length, content])
}

/** A handshake message with its 4-byte header. */
export function handshakeMessage(type: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([type]), block(3, body)])
}

/** Records of one content type in clear, as many as it takes; version 0x0303. */
export function record(contentType: number, content: Buffer): Buffer {
  const parts = Array.from({ length: Math.max(1, Math.ceil(content.length / 16_384)) }, (_, n) =>
    content.subarray(n * 16_384, (n + 1) * 16_384),
  )
  return Buffer.concat(parts.map((part) => Buffer.concat([Buffer.from([contentType, 3, 3]), block(2, part)])))
}

function findX25519Share(extensions: Buffer): Buffer | null {
  const shares = findExtension(extensions, 51)?.subarray(2) ?? Buffer.alloc(0)
  for (let at = 0; at < shares.length; at += 4 + shares.readUInt16BE(at + 2)) {
    if (shares.readUInt16BE(at) === 29) return shares.subarray(at + 4, at + 36)
  }
  return null
}

function findExtension(extensions: Buffer, id: number): Buffer | undefined {
  for (let at = 0; at < extensions.length; at += 4 + extensions.readUInt16BE(at + 2)) {
    if (extensions.readUInt16BE(at) === id) return extensions.subarray(at + 4, at + 4 + extensions.readUInt16BE(at + 2))
  }
  return undefined
}
