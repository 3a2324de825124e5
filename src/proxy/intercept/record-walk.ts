/** Follows the records of one direction by their headers alone, for the whole length of a connection. */
import { CONTENT_TYPE, MAX_FRAGMENT_13_BYTES, MAX_FRAGMENT_BYTES, RECORD_HEADER_BYTES } from '../../tls/record.ts'

const EMPTY = Buffer.alloc(0)

/** Counts records; the protected ones are those behind ChangeCipherSpec in TLS 1.2 and those of type application_data in TLS 1.3. */
export class RecordWalk {
  /** Records of type application_data. */
  applicationRecords = 0
  /** Records behind the first ChangeCipherSpec. */
  recordsBehindChange = 0
  /** A header that no record may have, with what followed it in the same octets; null so far. */
  malformed: Buffer | null = null
  readonly #onRecord: (contentType: number) => void
  #hasChanged = false
  #agreed: '1.2' | '1.3' | null = null
  /** Octets of the current fragment that are still to come. */
  #rest = 0
  #header: Buffer = EMPTY

  /** @param onRecord called when a header is there; its fragment may still be on its way */
  constructor(onRecord: (contentType: number) => void = () => {}) {
    this.#onRecord = onRecord
  }

  /** The handshake is over: from now on headers are judged by the rules of this version. */
  agree(version: '1.2' | '1.3'): void {
    this.#agreed = version
  }

  feed(octets: Buffer): void {
    let at = 0
    while (at < octets.length && this.malformed === null) {
      if (this.#rest > 0) {
        const step = Math.min(this.#rest, octets.length - at)
        this.#rest -= step
        at += step
        continue
      }
      at = this.#readHeader(octets, at)
    }
  }

  /** @returns where the header ends */
  #readHeader(octets: Buffer, at: number): number {
    if (this.#header.length === 0 && octets.length - at >= RECORD_HEADER_BYTES) {
      this.#begin(octets, at)
      return at + RECORD_HEADER_BYTES
    }
    const end = Math.min(at + RECORD_HEADER_BYTES - this.#header.length, octets.length)
    this.#header = Buffer.concat([this.#header, octets.subarray(at, end)])
    if (this.#header.length < RECORD_HEADER_BYTES) return end
    const header = this.#header
    this.#header = EMPTY
    this.#begin(header, 0)
    if (this.malformed !== null) this.malformed = Buffer.concat([this.malformed, octets.subarray(end)])
    return end
  }

  /** @param octets with the header at this place */
  #begin(octets: Buffer, at: number): void {
    const contentType = octets[at] ?? 0
    const length = octets.readUInt16BE(at + 3)
    const isOfVersion = this.#agreed === null ? octets[at + 1] === 3 : octets.readUInt16BE(at + 1) === RECORD_VERSION
    if (!isOfVersion || length > (this.#agreed === '1.3' ? MAX_FRAGMENT_13_BYTES : MAX_FRAGMENT_BYTES)) {
      this.malformed = Buffer.from(octets.subarray(at))
      return
    }
    this.#rest = length
    if (contentType === CONTENT_TYPE.applicationData) this.applicationRecords += 1
    if (this.#hasChanged) this.recordsBehindChange += 1
    if (contentType === CONTENT_TYPE.changeCipherSpec) this.#hasChanged = true
    this.#onRecord(contentType)
  }
}

/** legacy_record_version (RFC 8446 section 5.1), and that of TLS 1.2. */
const RECORD_VERSION = 0x0303
