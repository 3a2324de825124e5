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
      const wanted = RECORD_HEADER_BYTES - this.#header.length
      const part = octets.subarray(at, at + wanted)
      this.#header = this.#header.length === 0 && part.length === wanted ? part : Buffer.concat([this.#header, part])
      at += part.length
      if (this.#header.length < RECORD_HEADER_BYTES) return
      this.#begin(this.#header, octets.subarray(at))
      this.#header = EMPTY
    }
  }

  #begin(header: Buffer, behind: Buffer): void {
    const [contentType = 0] = header
    const length = header.readUInt16BE(3)
    const isOfVersion = this.#agreed === null ? header[1] === 3 : header.readUInt16BE(1) === RECORD_VERSION
    if (!isOfVersion || length > (this.#agreed === '1.3' ? MAX_FRAGMENT_13_BYTES : MAX_FRAGMENT_BYTES)) {
      this.malformed = Buffer.concat([header, behind])
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
