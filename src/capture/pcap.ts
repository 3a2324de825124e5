/** The classic pcap format (draft-ietf-opsawg-pcap): a header of 24 octets, then packets with 16 octets of header. */
import { CaptureError } from './capture-error.ts'
import { type ItemReader, MAX_PACKET_BYTES } from './item.ts'

/** What the first four octets of a pcap file say of the rest; null when they begin no pcap. */
export interface PcapVariant {
  readonly littleEndian: boolean
  /** Ticks of the second half of a time in one millisecond: 1000 or 1,000,000. */
  readonly ticksPerMs: number
  /** 24 in Alexey Kuznetzov's variant, 16 elsewhere. */
  readonly packetHeaderBytes: number
}

/** Octets of the file header. */
export const PCAP_HEADER_BYTES = 24

/** Recognise a pcap by its magic number (its first four octets, big-endian). */
export function recognizePcap(magic: number): PcapVariant | null {
  return VARIANTS.get(magic) ?? null
}

/** Read the file header. @param header its 24 octets */
export function openPcap(header: Uint8Array, variant: PcapVariant): ItemReader {
  const view = viewOf(header)
  const major = view.getUint16(4, variant.littleEndian)
  if (major !== 2) throw new CaptureError(4, 'major version', `is ${major}, expected 2`)
  const linkType = view.getUint32(20, variant.littleEndian) & 0xffff
  return { next: (octets, offset, emit) => readPacket(octets, offset, { ...variant, linkType }, emit) }
}

type Opened = PcapVariant & { readonly linkType: number }

function readPacket(octets: Uint8Array, offset: number, file: Opened, emit: Parameters<ItemReader['next']>[2]): number {
  const { littleEndian, packetHeaderBytes } = file
  if (octets.length < packetHeaderBytes) return 0
  const view = viewOf(octets)
  const captured = view.getUint32(8, littleEndian)
  if (captured > MAX_PACKET_BYTES)
    throw new CaptureError(offset + 8, 'incl_len', `announces ${captured} octets, ${MAX_PACKET_BYTES} are believed`)
  const total = packetHeaderBytes + captured
  if (octets.length < total) return 0
  emit({
    type: 'packet',
    offset: offset + packetHeaderBytes,
    atMs: view.getUint32(0, littleEndian) * 1000 + view.getUint32(4, littleEndian) / file.ticksPerMs,
    linkType: file.linkType,
    octets: octets.subarray(packetHeaderBytes, total),
    wireBytes: view.getUint32(12, littleEndian),
  })
  return total
}

function viewOf(octets: Uint8Array): DataView {
  return new DataView(octets.buffer, octets.byteOffset, octets.byteLength)
}

const VARIANTS: ReadonlyMap<number, PcapVariant> = new Map([
  [0xa1b2c3d4, { littleEndian: false, ticksPerMs: 1e3, packetHeaderBytes: 16 }],
  [0xd4c3b2a1, { littleEndian: true, ticksPerMs: 1e3, packetHeaderBytes: 16 }],
  [0xa1b23c4d, { littleEndian: false, ticksPerMs: 1e6, packetHeaderBytes: 16 }],
  [0x4d3cb2a1, { littleEndian: true, ticksPerMs: 1e6, packetHeaderBytes: 16 }],
  [0xa1b2cd34, { littleEndian: false, ticksPerMs: 1e3, packetHeaderBytes: 24 }],
  [0x34cdb2a1, { littleEndian: true, ticksPerMs: 1e3, packetHeaderBytes: 24 }],
])
