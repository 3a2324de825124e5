/** Builds small captures of our own: frames, pcap and pcapng files in every form that is read. */

/** One packet as the builders take it. */
export interface Frame {
  readonly atMs: number
  readonly octets: Uint8Array
}

export interface TcpFields {
  readonly from: 'client' | 'server'
  readonly sequence: number
  /** Letters of S, A, F, R. */
  readonly flags?: string
  readonly payload?: Uint8Array | string
  readonly clientPort?: number
  readonly serverPort?: number
}

/** An Ethernet frame with IPv4 and TCP. */
export function frameOf(fields: TcpFields): Uint8Array {
  return Buffer.concat([Buffer.alloc(12), Buffer.from([0x08, 0x00]), ipv4(6, tcp(fields), fields.from === 'client')])
}

/** An IPv4 packet between 192.0.2.1 (client) and 198.51.100.7. */
export function ipv4(protocol: number, payload: Uint8Array, isFromClient = true, fragment = 0): Buffer {
  const header = Buffer.alloc(20)
  header[0] = 0x45
  header.writeUInt16BE(20 + payload.length, 2)
  header.writeUInt16BE(fragment, 6)
  header[9] = protocol
  const [client, server] = [
    [192, 0, 2, 1],
    [198, 51, 100, 7],
  ] as const
  header.set(isFromClient ? [...client, ...server] : [...server, ...client], 12)
  return Buffer.concat([header, payload])
}

/** An IPv6 packet between 2001:db8::1 and 2001:db8::7. @param headers extension headers as [type, octets with length] */
export function ipv6(payload: Uint8Array, headers: readonly (readonly [number, Uint8Array])[] = []): Buffer {
  const types = [...headers.map(([type]) => type), 6]
  const chain = headers.map(([, octets], at) => Buffer.concat([Buffer.from([types[at + 1] ?? 6]), octets]))
  const body = Buffer.concat([...chain, payload])
  const header = Buffer.alloc(40)
  header[0] = 0x60
  header.writeUInt16BE(body.length, 4)
  header[6] = types[0] ?? 6
  header.set(Buffer.from('20010db8000000000000000000000001', 'hex'), 8)
  header.set(Buffer.from('20010db8000000000000000000000007', 'hex'), 24)
  return Buffer.concat([header, body])
}

/** A TCP segment. */
export function tcp({ from, sequence, flags = 'A', payload = '', clientPort = 50000, serverPort = 443 }: TcpFields): Buffer {
  const header = Buffer.alloc(20)
  header.writeUInt16BE(from === 'client' ? clientPort : serverPort, 0)
  header.writeUInt16BE(from === 'client' ? serverPort : clientPort, 2)
  header.writeUInt32BE(sequence >>> 0, 4)
  header[12] = 0x50
  header[13] = [...flags].reduce((sum, letter) => sum | (FLAGS[letter] ?? 0), 0)
  return Buffer.concat([header, Buffer.from(payload)])
}

const FLAGS: Readonly<Record<string, number>> = { F: 1, S: 2, R: 4, A: 16 }

export interface PcapForm {
  readonly littleEndian: boolean
  readonly nanoseconds: boolean
  readonly linkType?: number
}

/** A classic pcap file. */
export function pcapOf(frames: readonly Frame[], { littleEndian, nanoseconds, linkType = 1 }: PcapForm): Buffer {
  const u32 = (value: number) => writeU32(value, littleEndian)
  const u16 = (value: number) => writeU16(value, littleEndian)
  const header = [u32(nanoseconds ? 0xa1b23c4d : 0xa1b2c3d4), u16(2), u16(4), u32(0), u32(0), u32(65535), u32(linkType)]
  const packets = frames.flatMap(({ atMs, octets }) => {
    const seconds = Math.floor(atMs / 1000)
    const fraction = Math.round((atMs - seconds * 1000) * (nanoseconds ? 1e6 : 1e3))
    return [u32(seconds), u32(fraction), u32(octets.length), u32(octets.length), Buffer.from(octets)]
  })
  return Buffer.concat([...header, ...packets])
}

/** Writes pcapng blocks in one byte order. */
export function blocksOf(littleEndian: boolean) {
  const u32 = (value: number) => writeU32(value, littleEndian)
  const u16 = (value: number) => writeU16(value, littleEndian)
  const block = (type: number, ...parts: Uint8Array[]) => {
    const body = pad(Buffer.concat(parts))
    return Buffer.concat([u32(type), u32(body.length + 12), body, u32(body.length + 12)])
  }
  const option = (code: number, value: Uint8Array) => pad(Buffer.concat([u16(code), u16(value.length), value]))
  const time = (atMs: number) => {
    const ticks = BigInt(Math.round(atMs * 1000))
    return Buffer.concat([u32(Number(ticks >> 32n)), u32(Number(ticks & 0xffffffffn))])
  }
  return {
    section: () => block(0x0a0d0d0a, u32(0x1a2b3c4d), u16(1), u16(0), Buffer.alloc(8, 0xff)),
    describe: (linkType: number, options: readonly (readonly [number, Uint8Array])[] = [], snapLength = 0) =>
      block(1, u16(linkType), u16(0), u32(snapLength), ...options.map(([code, value]) => option(code, value)), u32(0)),
    enhanced: ({ atMs, octets }: Frame, interfaceId = 0) =>
      block(
        6,
        u32(interfaceId),
        time(atMs),
        u32(octets.length),
        u32(octets.length),
        pad(Buffer.from(octets)),
        option(1, Buffer.from('note')),
        u32(0),
      ),
    simple: ({ octets }: Frame) => block(3, u32(octets.length), octets),
    obsolete: ({ atMs, octets }: Frame) => block(2, u16(0), u16(0), time(atMs), u32(octets.length), u32(octets.length), octets),
    secrets: (keyLog: string) => block(10, u32(0x544c534b), u32(keyLog.length), Buffer.from(keyLog)),
    other: () => block(0x0bad, Buffer.from('whatever')),
  }
}

function pad(octets: Buffer): Buffer {
  return Buffer.concat([octets, Buffer.alloc((4 - (octets.length % 4)) % 4)])
}

function writeU32(value: number, littleEndian: boolean): Buffer {
  const octets = Buffer.alloc(4)
  if (littleEndian) octets.writeUInt32LE(value)
  else octets.writeUInt32BE(value)
  return octets
}

function writeU16(value: number, littleEndian: boolean): Buffer {
  const octets = Buffer.alloc(2)
  if (littleEndian) octets.writeUInt16LE(value)
  else octets.writeUInt16BE(value)
  return octets
}
