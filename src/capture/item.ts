/** What stands in a capture file. Octets are views: they are valid until the reader is fed again. */

/** One captured packet. */
export interface CapturedPacket {
  readonly type: 'packet'
  /** Offset of its first captured octet in the file. */
  readonly offset: number
  /** Milliseconds since 1970, with the fraction that the file has; 0 where it has no time. */
  readonly atMs: number
  /** LINKTYPE number (tcpdump's registry). */
  readonly linkType: number
  readonly octets: Uint8Array
  /** Octets on the wire; more than were captured where a snapshot length cut the packet. */
  readonly wireBytes: number
  /** The head of the comment that the file gives it; absent where there is none. Text of others. */
  readonly comment?: string
}

/** Secrets that the file brings along (pcapng Decryption Secrets Block): lines of an NSS key log. */
export interface CapturedSecrets {
  readonly type: 'secrets'
  readonly offset: number
  readonly keyLog: Uint8Array
}

export type CaptureItem = CapturedPacket | CapturedSecrets

/** Takes the items of one format out of octets, as many as are whole. */
export interface ItemReader {
  /** @param octets what is not consumed yet. @param offset of its first octet in the file. @returns octets consumed; 0 = more are needed */
  readonly next: (octets: Uint8Array, offset: number, emit: (item: CaptureItem) => void) => number
}

/** The longest packet that is believed: what Wireshark takes. */
export const MAX_PACKET_BYTES = 262_144
