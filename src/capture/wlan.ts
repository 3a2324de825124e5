/** IEEE 802.11 data frames, alone or behind the header of a capturing card. */
import { behindLlc } from './ether-type.ts'

/** The IP packet in a data frame, as a view; null in management, control, empty and encrypted frames. */
export function behindWlan(frame: Uint8Array, start = 0): Uint8Array | null {
  const control = readFrameControl(frame, start)
  if (control === null) return null
  const { type, flags } = control
  const carriesNothing = (type & EMPTY) !== 0
  if (carriesNothing || (flags & ENCRYPTED) !== 0) return null
  const hasFourAddresses = (flags & BETWEEN_STATIONS) === BETWEEN_STATIONS
  const isQos = (type & QOS) !== 0
  const control4 = isQos && (flags & ORDERED) !== 0 ? 4 : 0
  return behindLlc(frame, start + 24 + (hasFourAddresses ? 6 : 0) + (isQos ? 2 : 0) + control4)
}

/** The same behind a radiotap header, whose length stands in it, little-endian. */
export function behindRadiotap(frame: Uint8Array): Uint8Array | null {
  return behindWlan(frame, (frame[2] ?? 0) + (frame[3] ?? 0) * 256)
}

/** Cisco's controllers put its two octets the other way round; only one order has protocol version 0 and type data. */
function readFrameControl(frame: Uint8Array, at: number): { type: number; flags: number } | null {
  const [first, second] = [frame[at] ?? 0, frame[at + 1] ?? 0]
  if ((first & VERSION_AND_TYPE) === DATA) return { type: first, flags: second }
  return (second & VERSION_AND_TYPE) === DATA ? { type: second, flags: first } : null
}

const VERSION_AND_TYPE = 0x0f
const DATA = 0x08
const EMPTY = 0x40
const QOS = 0x80
const BETWEEN_STATIONS = 0x03
const ENCRYPTED = 0x40
const ORDERED = 0x80
