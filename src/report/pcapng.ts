/** Writes pcapng (draft-ietf-opsawg-pcapng): one section, one Ethernet interface, secrets first, then packets. Pure. */

/** What a capture file holds. */
export interface Capture {
  /** Written as the application of the section. */
  readonly application: string
  readonly comment: string
  /** NSS key log lines; each list becomes a Decryption Secrets Block of its own. */
  readonly secrets: readonly (readonly string[])[]
  /** In the order in which they are written. */
  readonly packets: readonly Packet[]
}

/** One Ethernet frame. */
export interface Packet {
  /** Microseconds since 1970, an integer. */
  readonly atMicros: number
  readonly frame: Uint8Array
  readonly comment: string | null
}

/** The octets of the file, in little-endian order. */
export function writePcapng(capture: Capture): Uint8Array {
  return Buffer.concat([
    sectionHeader(capture),
    block(INTERFACE, Buffer.concat([numbers16(LINKTYPE_ETHERNET, 0), numbers32(0), options([[OPTION.tsresol, Buffer.from([6])]])])),
    ...capture.secrets.map(decryptionSecrets),
    ...capture.packets.map(enhancedPacket),
  ])
}

function sectionHeader({ application, comment }: Capture): Buffer {
  const ofUnknownLength = numbers32(0xffffffff, 0xffffffff)
  const told = options([
    [OPTION.comment, text(comment)],
    [OPTION.application, text(application)],
  ])
  return block(SECTION_HEADER, Buffer.concat([numbers32(BYTE_ORDER), numbers16(1, 0), ofUnknownLength, told]))
}

function decryptionSecrets(lines: readonly string[]): Buffer {
  const log = Buffer.from(`${lines.join('\n')}\n`, 'latin1')
  return block(DECRYPTION_SECRETS, Buffer.concat([numbers32(TLS_KEY_LOG, log.length), pad(log)]))
}

function enhancedPacket({ atMicros, frame, comment }: Packet): Buffer {
  const head = numbers32(0, Math.floor(atMicros / 2 ** 32), atMicros % 2 ** 32, frame.length, frame.length)
  const told = comment === null ? [] : [options([[OPTION.comment, text(comment)]])]
  return block(ENHANCED_PACKET, Buffer.concat([head, pad(frame), ...told]))
}

/** Type, length, body, length again. */
function block(type: number, body: Uint8Array): Buffer {
  const length = body.length + 12
  return Buffer.concat([numbers32(type, length), body, numbers32(length)])
}

function options(list: readonly (readonly [number, Uint8Array])[]): Buffer {
  return Buffer.concat([...list.flatMap(([code, value]) => [numbers16(code, value.length), pad(value)]), numbers16(0, 0)])
}

function pad(octets: Uint8Array): Buffer {
  return Buffer.concat([octets, Buffer.alloc(-octets.length & 3)])
}

/** An option's length has 16 bits; a longer text is cut. */
function text(words: string): Buffer {
  return Buffer.from(words.slice(0, MAX_TEXT_CHARACTERS), 'utf8')
}

function numbers16(...values: number[]): Buffer {
  const octets = Buffer.alloc(values.length * 2)
  for (const [at, value] of values.entries()) octets.writeUInt16LE(value, at * 2)
  return octets
}

function numbers32(...values: number[]): Buffer {
  const octets = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) octets.writeUInt32LE(value, at * 4)
  return octets
}

const SECTION_HEADER = 0x0a0d0d0a
const INTERFACE = 1
const ENHANCED_PACKET = 6
const DECRYPTION_SECRETS = 10
const BYTE_ORDER = 0x1a2b3c4d
const LINKTYPE_ETHERNET = 1
/** "TLSK" */
const TLS_KEY_LOG = 0x544c534b
const OPTION = { comment: 1, application: 4, tsresol: 9 } as const
const MAX_TEXT_CHARACTERS = 16_000
