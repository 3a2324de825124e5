/** What is kept of one session's records behind its handshake, so that what happens there on one leg can be repeated on the other. */
import { randomBytes } from 'node:crypto'
import type { Direction } from '../../contract/terms.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { parseKeyLogLine } from '../../tls/key-log.ts'
import { CONTENT_TYPE } from '../../tls/record.ts'
import { sealServerRecord12, sealServerRecord13 } from '../../tls/seal-record.ts'
import { RecordWalk } from './record-walk.ts'

/** A record before it is protected. */
export interface LateRecord {
  readonly contentType: number
  readonly content: Uint8Array
}

/** State over time: the records that the server sent, counted, and the secrets of its direction. */
export class LateRecords {
  readonly #server = new RecordWalk((contentType) => this.#note(contentType))
  /** Read up to the client's first protected record. */
  #client: RecordWalk | null = new RecordWalk()
  /** TLS 1.3: records of the server under handshake keys; all of them are sent before the client's Finished. */
  #handshakeRecords = 0
  #version: '1.2' | '1.3' | null = null
  readonly #secrets = new Map<string, Uint8Array>()
  readonly #onHelloRequest: (() => void)[] = []
  #onMany: (() => void) | null = null

  feed(direction: Direction, octets: Buffer): void {
    if (direction === 'server-to-client') this.#server.feed(octets)
    if (direction === 'server-to-client' || this.#client === null) return
    this.#client.feed(octets)
    if (this.#client.applicationRecords === 0) return
    this.#handshakeRecords = this.#server.applicationRecords
    this.#client = null
  }

  addSecret(keylogLine: string): void {
    const line = parseKeyLogLine(keylogLine)
    if (line !== null && KEPT_SECRETS.has(line.label)) this.#secrets.set(line.label, line.secret)
  }

  /** Both Finished are there. */
  agree(version: '1.2' | '1.3'): void {
    this.#version = version
    this.#server.agree(version)
  }

  get malformed(): Buffer | null {
    return this.#server.malformed
  }

  onHelloRequest(callback: () => void): void {
    this.#onHelloRequest.push(callback)
  }

  /** Call back once, when the server has sent more than {@link MOST_LATE_MESSAGES} records behind its Finished (TLS 1.3), whatever they hold. */
  onManyRecords(callback: () => void): void {
    this.#onMany = callback
    this.#countLate()
  }

  /** The next record of the server; null where its keys are not known. */
  seal({ contentType, content }: LateRecord, transcript: Transcript): Buffer | null {
    const hello = transcript.serverHellos.at(-1)
    const clientRandom = transcript.clientHellos.at(-1)?.random
    if (hello === undefined || clientRandom === undefined || this.#version === null) return null
    if (this.#version === '1.3') {
      const secret = this.#secrets.get(SECRET_13)
      const sequence = this.#server.applicationRecords - this.#handshakeRecords
      return secret === undefined ? null : sealServerRecord13({ contentType, content, sequence }, secret, hello.cipherSuite.id)
    }
    const masterSecret = this.#secrets.get(SECRET_12)
    if (masterSecret === undefined) return null
    const randoms = { clientRandom: Buffer.from(clientRandom, 'hex'), serverRandom: Buffer.from(hello.random, 'hex') }
    const sequence = this.#server.recordsBehindChange
    return sealServerRecord12({ contentType, content, sequence }, { masterSecret, ...randoms }, hello.cipherSuite.name, randomBytes(8))
  }

  #note(contentType: number): void {
    // Behind its Finished a server of TLS 1.2 can send no other handshake message (RFC 5246 section 7.4.1.1).
    if (this.#version === '1.2' && contentType === CONTENT_TYPE.handshake) for (const tell of this.#onHelloRequest) tell()
    if (this.#onMany !== null) this.#countLate()
  }

  #countLate(): void {
    const tell = this.#onMany
    if (this.#version !== '1.3' || this.#client !== null) return
    if (this.#server.applicationRecords - this.#handshakeRecords <= MOST_LATE_MESSAGES) return
    this.#onMany = null
    tell?.()
  }
}

/** maxUselessRecords of Go's crypto/tls. */
export const MOST_LATE_MESSAGES = 16

const SECRET_13 = 'SERVER_TRAFFIC_SECRET_0'
const SECRET_12 = 'CLIENT_RANDOM'
const KEPT_SECRETS: ReadonlySet<string> = new Set([SECRET_13, SECRET_12])
