/** The server's side of the TLS 1.3 key schedule, as far as the end of its first flight (RFC 8446 section 7.1). */
import { createCipheriv, createHash, createHmac } from 'node:crypto'

const MAX_PLAINTEXT = 16_384

/** Handshake keys of one connection; grows with the transcript and counts its own records. */
export class HandshakeKeys {
  private readonly transcript: Buffer[]
  private readonly trafficSecret: Buffer
  private readonly key: Buffer
  private readonly iv: Buffer
  private sequence = 0

  /** @param hellos ClientHello and ServerHello with their 4-byte headers */
  constructor(sharedSecret: Buffer, hellos: readonly Buffer[]) {
    this.transcript = [...hellos]
    const early = extract(Buffer.alloc(32), Buffer.alloc(32))
    const handshake = extract(expandLabel(early, 'derived', digest([]), 32), sharedSecret)
    this.trafficSecret = expandLabel(handshake, 's hs traffic', digest(hellos), 32)
    this.key = expandLabel(this.trafficSecret, 'key', Buffer.alloc(0), 16)
    this.iv = expandLabel(this.trafficSecret, 'iv', Buffer.alloc(0), 12)
  }

  add(...messages: readonly Buffer[]): void {
    this.transcript.push(...messages)
  }

  /** What CertificateVerify signs (RFC 8446 section 4.4.3). */
  certificateVerifyInput(): Buffer {
    return Buffer.concat([Buffer.alloc(64, 0x20), Buffer.from('TLS 1.3, server CertificateVerify\0'), digest(this.transcript)])
  }

  /** Body of the server's Finished (RFC 8446 section 4.4.4). */
  serverVerifyData(): Buffer {
    const finishedKey = expandLabel(this.trafficSecret, 'finished', Buffer.alloc(0), 32)
    return createHmac('sha256', finishedKey).update(digest(this.transcript)).digest()
  }

  /** Records of type application_data with `content` inside, as many as it takes (RFC 8446 section 5.2). */
  encrypt(contentType: number, content: Buffer): Buffer {
    const parts = Array.from({ length: Math.ceil(content.length / MAX_PLAINTEXT) }, (_, n) =>
      content.subarray(n * MAX_PLAINTEXT, (n + 1) * MAX_PLAINTEXT),
    )
    return Buffer.concat(parts.map((part) => this.encryptRecord(contentType, part)))
  }

  private encryptRecord(contentType: number, content: Buffer): Buffer {
    const header = Buffer.from([23, 3, 3, 0, 0])
    header.writeUInt16BE(content.length + 17, 3)
    const nonce = Buffer.from(this.iv)
    nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ this.sequence++) >>> 0, 8)
    const cipher = createCipheriv('aes-128-gcm', this.key, nonce).setAAD(header)
    return Buffer.concat([header, cipher.update(content), cipher.update(Buffer.from([contentType])), cipher.final(), cipher.getAuthTag()])
  }
}

function digest(messages: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(messages)).digest()
}

function extract(salt: Buffer, secret: Buffer): Buffer {
  return createHmac('sha256', salt).update(secret).digest()
}

/** HKDF-Expand-Label for at most one hash block. */
function expandLabel(secret: Buffer, label: string, context: Buffer, lengthBytes: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`)
  const head = Buffer.from([0, lengthBytes, name.length])
  const octets = Buffer.concat([head, name, Buffer.from([context.length]), context, Buffer.from([1])])
  return createHmac('sha256', secret).update(octets).digest().subarray(0, lengthBytes)
}
