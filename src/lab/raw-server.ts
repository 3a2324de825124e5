/**
 * A TLS server by hand that sends any certificate list whatever: unparsable, empty, in the wrong order, with keys that OpenSSL refuses to load.
 * TLS 1.3 with X25519 and TLS_AES_128_GCM_SHA256, or the clear flight of TLS 1.2. It ends where a client would refuse: after its first flight.
 */
import { createPublicKey, diffieHellman, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import type { Socket } from 'node:net'
import type { Listening } from './listener.ts'
import { HandshakeKeys } from './raw-keys.ts'
import { block, handshakeMessage, type RawClientHello, readClientHello, record } from './raw-messages.ts'
import { startTcpServer } from './tcp-server.ts'

export interface RawTlsOptions {
  /** DER or anything else, in wire order; may be empty. */
  readonly sent: readonly Buffer[]
  /** Signs the handshake; null = the signature is random. */
  readonly key: KeyObject | null
  readonly version: '1.2' | '1.3'
  /** Makes the handshake signature instead: SignatureScheme, length and signature over these octets. */
  readonly sign?: (octets: Buffer) => Buffer
  /** TLS 1.2 only: stop behind the ServerHello, by a FIN or without a word. */
  readonly stop?: 'fin' | 'silence'
}

/** Bring the hand-made server up. */
export function startRawTlsServer(options: RawTlsOptions, port: number): Promise<Listening> {
  return startTcpServer(
    {
      onConnect(socket) {
        let received = Buffer.alloc(0)
        socket.on('data', (bytes: Buffer) => {
          received = Buffer.concat([received, bytes])
        })
        const answerOnce = () => {
          const hello = readClientHello(received)
          if (hello === undefined) return
          socket.off('data', answerOnce)
          answer(socket, hello, options)
        }
        socket.on('data', answerOnce)
        socket.on('end', () => socket.end())
      },
    },
    port,
  )
}

function answer(socket: Socket, hello: RawClientHello, options: RawTlsOptions): void {
  if (hello.x25519Share === null && options.version === '1.3') {
    socket.destroy()
    return
  }
  socket.write(options.version === '1.3' ? flight13(hello, options) : flight12(hello, options))
  if (options.stop === 'fin') socket.end()
}

/** ServerHello, then EncryptedExtensions to Finished under the handshake keys (RFC 8446 section 2). */
function flight13(hello: RawClientHello, options: RawTlsOptions): Buffer {
  const own = generateKeyPairSync('x25519')
  const serverHello = handshakeMessage(2, serverHelloBody(hello.sessionId, 0x1301, [supportedVersion13(), keyShare(own.publicKey)]))
  const shared = diffieHellman({ privateKey: own.privateKey, publicKey: importX25519(hello.x25519Share ?? Buffer.alloc(32)) })
  const keys = new HandshakeKeys(shared, [hello.message, serverHello])
  const encryptedExtensions = handshakeMessage(8, block(2))
  const certificate = handshakeMessage(
    11,
    Buffer.concat([block(1), block(3, ...options.sent.map((der) => Buffer.concat([block(3, der), block(2)])))]),
  )
  keys.add(encryptedExtensions, certificate)
  const certificateVerify = handshakeMessage(15, signHandshake(options, keys.certificateVerifyInput()))
  keys.add(certificateVerify)
  const finished = handshakeMessage(20, keys.serverVerifyData())
  const changeCipherSpec = record(20, Buffer.from([1]))
  const messages =
    options.sent.length === 0 ? [encryptedExtensions, certificate] : [encryptedExtensions, certificate, certificateVerify, finished]
  return Buffer.concat([record(22, serverHello), changeCipherSpec, ...messages.map((message) => keys.encrypt(22, message))])
}

/** ServerHello to ServerHelloDone in clear (RFC 5246 section 7.3), with a signed ServerKeyExchange (RFC 8422 section 5.4). */
function flight12(hello: RawClientHello, options: RawTlsOptions): Buffer {
  const suite = options.key?.asymmetricKeyType === 'rsa' ? 0xc02f : 0xc02b
  const body = serverHelloBody(Buffer.alloc(0), suite, [extension(0xff01, Buffer.from([0])), extension(11, Buffer.from([1, 0]))])
  const random = body.subarray(2, 34)
  const point = rawPublicKey(generateKeyPairSync('x25519').publicKey)
  const parameters = Buffer.concat([Buffer.from([3, 0, 29]), block(1, point)])
  const signature = signHandshake(options, Buffer.concat([hello.random, random, parameters]))
  if (options.stop !== undefined) return record(22, handshakeMessage(2, body))
  const flight = Buffer.concat([
    handshakeMessage(2, body),
    handshakeMessage(11, block(3, ...options.sent.map((der) => block(3, der)))),
    handshakeMessage(12, Buffer.concat([parameters, signature])),
    handshakeMessage(14, Buffer.alloc(0)),
  ])
  return record(22, flight)
}

function serverHelloBody(sessionId: Buffer, suite: number, extensions: readonly Buffer[]): Buffer {
  const chosen = Buffer.from([suite >> 8, suite & 0xff, 0])
  return Buffer.concat([Buffer.from([3, 3]), randomBytes(32), block(1, sessionId), chosen, block(2, ...extensions)])
}

function extension(id: number, value: Buffer): Buffer {
  return Buffer.concat([Buffer.from([id >> 8, id & 0xff]), block(2, value)])
}

function supportedVersion13(): Buffer {
  return extension(43, Buffer.from([3, 4]))
}

function keyShare(publicKey: KeyObject): Buffer {
  return extension(51, Buffer.concat([Buffer.from([0, 29]), block(2, rawPublicKey(publicKey))]))
}

function signHandshake({ key, sign: signOwn }: RawTlsOptions, octets: Buffer): Buffer {
  return signOwn?.(octets) ?? signedOctets(key, octets)
}

/** SignatureScheme and signature, as CertificateVerify and ServerKeyExchange carry them. */
function signedOctets(key: KeyObject | null, octets: Buffer): Buffer {
  if (key === null) return Buffer.concat([Buffer.from([8, 4]), block(2, randomBytes(256))])
  const [scheme, hash] = SCHEMES[key.asymmetricKeyType ?? ''] ?? SCHEMES.ec
  const padding = key.asymmetricKeyType?.startsWith('rsa') ? { padding: RSA_PSS_PADDING, saltLength: 32 } : {}
  return Buffer.concat([Buffer.from([scheme >> 8, scheme & 0xff]), block(2, sign(hash, octets, { key, ...padding }))])
}

const RSA_PSS_PADDING = 6
const SCHEMES: Readonly<Record<string, readonly [number, string | null]>> & { readonly ec: readonly [number, string] } = {
  ec: [0x0403, 'sha256'],
  rsa: [0x0804, 'sha256'],
  'rsa-pss': [0x0809, 'sha256'],
  ed25519: [0x0807, null],
  ed448: [0x0808, null],
}

/** The last 32 octets of the SubjectPublicKeyInfo are the key itself (RFC 8410 section 4). */
function rawPublicKey(key: KeyObject): Buffer {
  return key.export({ type: 'spki', format: 'der' }).subarray(-32)
}

function importX25519(raw: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([Buffer.from('302a300506032b656e032100', 'hex'), raw]), format: 'der', type: 'spki' })
}
