import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseIp } from '../../src/capture/ip.ts'
import { type CaptureSummary, StreamReader } from '../../src/capture/stream-reader.ts'
import type { TcpStream } from '../../src/capture/tcp-stream.ts'
import type { TcpLimits } from '../../src/capture/tcp-table.ts'
import { DEAR, growthBy4 } from '../effort.ts'
import { frameOf, ipv4, ipv6, type TcpFields, tcp } from './capture-files.ts'

interface Seen {
  readonly streams: TcpStream[]
  readonly text: string[]
  readonly summary: CaptureSummary
}

function read(packets: readonly { readonly linkType: number; readonly octets: Uint8Array }[], limits: TcpLimits = {}): Seen {
  const streams: TcpStream[] = []
  const text: string[] = []
  const reader = new StreamReader(
    {
      onOctets: (stream, from, octets) => {
        text[stream.number] = `${text[stream.number] ?? ''}${from}${Buffer.from(octets).toString('latin1')}`
      },
      onClosed: (stream) => void streams.push(stream),
    },
    limits,
  )
  for (const [at, { linkType, octets }] of packets.entries()) {
    reader.accept({ type: 'packet', offset: 0, atMs: 1000 + at, linkType, octets, wireBytes: octets.length })
  }
  return { streams, text, summary: reader.end() }
}

const ethernet = (...segments: readonly TcpFields[]) => segments.map((fields) => ({ linkType: 1, octets: frameOf(fields) }))
const client = (sequence: number, payload: string, flags = 'A'): TcpFields => ({ from: 'client', sequence, payload, flags })
const server = (sequence: number, payload: string, flags = 'A'): TcpFields => ({ from: 'server', sequence, payload, flags })

describe('TCP reassembly', () => {
  it('takes retransmitted and overlapping octets once', () => {
    const { text } = read(ethernet(client(9, '', 'S'), client(10, 'abc'), client(10, 'abc'), client(11, 'bcde'), client(9, '\0')))
    expect(text.join('').replaceAll('0', '')).toBe('abcde')
  })

  it('puts reordered segments in order', () => {
    const { text } = read(ethernet(client(9, '', 'S'), client(14, 'ef'), client(12, 'cd'), client(12, 'cd'), client(10, 'ab')))
    expect(text).toEqual(['0ab0cd0ef'])
  })

  it('ends a direction before octets that never came, and says how many', () => {
    const { text, streams } = read(ethernet(client(9, '', 'S'), client(10, 'ab'), client(15, 'later'), server(70, 'answer')))
    expect(text).toEqual(['0ab1answer'])
    expect(streams[0]?.missingBytes).toEqual([3, 0])
  })

  it('begins with what is there where no SYN was captured', () => {
    const { text, streams } = read(ethernet(server(500, 'x'), client(10, 'ab')))
    expect(text).toEqual(['0x1ab'])
    expect(streams[0]?.initiator).toBeNull()
  })

  it('reads on across the end of the number space', () => {
    const { text } = read(ethernet(client(0xfffffffd, '', 'S'), client(0xfffffffe, 'abcd'), client(4, 'gh'), client(2, 'ef')))
    expect(text).toEqual(['0abcd0ef0gh'])
  })

  it('takes the SYN-ACK that the first octets fit where two disagree', () => {
    const { text } = read(ethernet(client(9, '', 'S'), server(900, '', 'SA'), server(50, '', 'SA'), server(51, 'yes')))
    expect(text).toEqual(['1yes'])
  })

  it('knows who ended a connection and how', () => {
    const fin = read(ethernet(client(9, '', 'S'), server(50, 'bye', 'AF'), client(10, '', 'AF')))
    expect(fin.streams[0]?.ending).toEqual({ by: 1, how: 'fin', atMs: 1001 })
    const rst = read(ethernet(client(9, '', 'S'), client(10, 'a'), server(50, '', 'R')))
    expect(rst.streams[0]?.ending).toEqual({ by: 1, how: 'rst', atMs: 1002 })
  })

  it('goes on behind an RST that nobody sent: its sender speaks on, or it is far out of its place', () => {
    const forged = read(
      ethernet(client(9, '', 'S'), server(50, '', 'SA'), client(10, 'a'), server(51, '', 'R'), server(51, 'b'), client(11, 'c')),
    )
    expect(forged.text).toEqual(['0a1b0c'])
    expect(forged.streams.map(({ ending }) => ending)).toEqual([null])
    const far = read(ethernet(client(9, '', 'S'), server(50, '', 'SA'), server(50_000_000, '', 'R'), server(51, 'b', 'AF')))
    expect(far.text).toEqual(['1b'])
    expect(far.streams[0]?.ending).toMatchObject({ by: 1, how: 'fin' })
  })

  it('believes an RST that overtakes what its sender said before, and lets go of streams that were reset', () => {
    const { text, streams } = read(
      ethernet(client(9, '', 'S'), server(50, '', 'SA'), server(54, '', 'R'), server(51, 'abc'), client(10, 'x')),
    )
    expect(text).toEqual(['1abc0x'])
    expect(streams[0]?.ending).toMatchObject({ by: 1, how: 'rst' })
    const scans = Array.from({ length: 1500 }, (_, at) => [
      frameOf({ from: 'client', sequence: 9, flags: 'S', clientPort: 1000 + at }),
      frameOf({ from: 'server', sequence: 0, flags: 'RA', clientPort: 1000 + at }),
    ])
    const scanned = read(
      scans.flat().map((octets) => ({ linkType: 1, octets })),
      { maxStreams: 1100 },
    )
    expect(scanned.summary).toMatchObject({ tcpStreams: 1500, packetsOverLimit: 0 })
    expect(scanned.streams).toHaveLength(1500)
  })

  it('takes SYNs that cross one another for one connection', () => {
    const { text } = read(
      ethernet(client(9, '', 'S'), server(50, '', 'S'), client(9, '', 'SA'), server(50, '', 'SA'), client(10, 'a'), server(51, 'b')),
    )
    expect(text).toEqual(['0a1b'])
  })

  it('begins a new stream with a new SYN between the same ends', () => {
    const { text } = read(ethernet(client(9, '', 'S'), client(10, 'one', 'AF'), client(800, '', 'S'), client(801, 'two')))
    expect(text).toEqual(['0one', '0two'])
  })

  it('gives the same octets in every order in which segments may come', () => {
    const whole = 'The quick brown fox jumps over the lazy dog'
    const pieces = Array.from({ length: whole.length - 4 }, (_, at) => client(10 + at, whole.slice(at, at + 5)))
    fc.assert(
      fc.property(fc.shuffledSubarray(pieces, { minLength: pieces.length }), (order) => {
        const { text } = read(ethernet(client(9, '', 'S'), ...order))
        expect(text.join('').replaceAll('0', '')).toBe(whole)
      }),
      { numRuns: 100 },
    )
  })
})

describe('limits', () => {
  it('follow no more streams than allowed, and count what is left out', () => {
    const packets = Array.from({ length: 5 }, (_, at) => ({
      linkType: 1,
      octets: frameOf({ from: 'client', sequence: 1, payload: 'x', clientPort: 1000 + at }),
    }))
    const { summary, text } = read(packets, { maxStreams: 3 })
    expect([summary.tcpStreams, summary.packetsOverLimit, text.length]).toEqual([3, 2, 3])
  })

  it('make room by forgetting streams that are over', () => {
    const packets = Array.from({ length: 5 }, (_, at) => [
      { linkType: 1, octets: frameOf({ from: 'client', sequence: 1, payload: 'x', clientPort: 1000 + at }) },
      { linkType: 1, octets: frameOf({ from: 'client', sequence: 2, flags: 'R', clientPort: 1000 + at }) },
    ]).flat()
    expect(read(packets, { maxStreams: 2 }).summary).toMatchObject({ tcpStreams: 5, packetsOverLimit: 0 })
  })

  it('give up a hole when too much waits behind it', () => {
    const waiting = Array.from({ length: 20 }, (_, at) => client(100 + at * 100, 'x'.repeat(100)))
    const { summary, streams } = read(ethernet(client(9, '', 'S'), client(10, 'ab'), ...waiting), { maxWaitingBytes: 1000 })
    expect(summary.streamsGivenUp).toBe(1)
    expect(streams[0]?.missingBytes[0]).toBe(88)
  })

  it('keep segments in reverse order cheap: 20,000 of them cost four times what 5,000 do', () => {
    const reversed = (share: number) =>
      ethernet(client(0, '', 'S'), ...Array.from({ length: 20_000 * share }, (_, at) => client(1_000_000 - at, 'x')))
    const growth = growthBy4((share) => {
      const packets = reversed(share)
      return () => read(packets)
    })
    expect(growth).toBeLessThan(DEAR)
  })
})

describe('packets that were cut up', () => {
  const whole = tcp({ from: 'client', sequence: 1, payload: 'abcdefghijklmnopqrstuvwxyz'.repeat(4) })
  const cut4 = (from: number, to: number, identification = 7) => {
    const packet = ipv4(6, whole.subarray(from, to), true, (to < whole.length ? 0x2000 : 0) | (from / 8))
    packet.writeUInt16BE(identification, 4)
    return { linkType: 101, octets: packet }
  }
  const cut6 = (from: number, to: number) => {
    const header = Buffer.alloc(7)
    header.writeUInt16BE(from | (to < whole.length ? 1 : 0), 1)
    header.writeUInt32BE(77, 3)
    return { linkType: 101, octets: ipv6(whole.subarray(from, to), [[44, header]]) }
  }
  const text = [`0${'abcdefghijklmnopqrstuvwxyz'.repeat(4)}`]

  it('are joined in every order, also with parts that came twice', () => {
    const parts = [cut4(0, 40), cut4(40, 80), cut4(80, 124), cut4(40, 80)]
    fc.assert(
      fc.property(fc.shuffledSubarray(parts, { minLength: parts.length }), (order) => {
        expect(read(order).text).toEqual(text)
      }),
    )
    expect(read(parts).summary.fragments).toBe(1)
  })

  it('are joined in IPv6', () => {
    expect(read([cut6(80, 124), cut6(0, 80)]).text).toEqual(text)
  })

  it('are joined inside and outside of a tunnel', () => {
    const inside = [cut4(0, 80), cut4(80, 124)].map(({ octets }) => ({ linkType: 101, octets: ipv4(4, octets) }))
    expect(read(inside).text).toEqual(text)
    const tunnel = Buffer.from(ipv4(6, whole))
    const outside = [ipv4(4, tunnel.subarray(0, 64), true, 0x2000), ipv4(4, tunnel.subarray(64), true, 8)]
    expect(read(outside.map((octets) => ({ linkType: 101, octets }))).text).toEqual(text)
  })

  it('take the first copy of octets that overlap', () => {
    const other = ipv4(6, Buffer.alloc(40, '!'), true, 0x2000 | 5)
    other.writeUInt16BE(7, 4)
    expect(read([cut4(0, 80), { linkType: 101, octets: other }, cut4(80, 124)]).text).toEqual(text)
  })

  it('hold no more than allowed, and count what was never joined', () => {
    const lone = Array.from({ length: 3000 }, (_, at) => cut4(0, 40, at))
    expect(read(lone).summary).toMatchObject({ fragments: 3000, tcpStreams: 0 })
  })
})

describe('the way to TCP', () => {
  const segment = tcp({ from: 'client', sequence: 1, payload: 'here' })
  const ip = ipv4(6, segment)
  const SNAP = Buffer.from('aaaa030000000800', 'hex')
  const IPV4_TYPE = Buffer.from('0800', 'hex')
  const radiotap = Buffer.from('00000a00000000000000', 'hex')
  const netfilterField = ({ length }: Buffer) => Buffer.from([(length + 4) & 0xff, (length + 4) >> 8, 9, 0])
  const datagram = (port: number, ...payload: Buffer[]) =>
    ipv4(17, Buffer.concat([Buffer.from([0xc3, 0x50, port >> 8, port & 0xff, 0, 0, 0, 0]), ...payload]))
  it.each([
    ['Ethernet', 1, [Buffer.alloc(12), Buffer.from('0800', 'hex'), ip]],
    ['a VLAN', 1, [Buffer.alloc(12), Buffer.from('8100000a0800', 'hex'), ip]],
    ['two VLANs', 1, [Buffer.alloc(12), Buffer.from('88a8000a8100000b0800', 'hex'), ip]],
    ['Linux cooked', 113, [Buffer.alloc(14), Buffer.from('0800', 'hex'), ip]],
    ['Linux cooked v2', 276, [Buffer.from('0800', 'hex'), Buffer.alloc(18), ip]],
    ['loopback, little-endian', 0, [Buffer.from('02000000', 'hex'), ip]],
    ['loopback, big-endian', 108, [Buffer.from('00000002', 'hex'), ip]],
    ['raw IP', 101, [ip]],
    ['IPv6', 101, [ipv6(segment)]],
    [
      'IPv6 with extension headers',
      101,
      [
        ipv6(segment, [
          [0, Buffer.alloc(7)],
          [60, Buffer.alloc(7)],
        ]),
      ],
    ],
    ['IPv6 over loopback of macOS', 0, [Buffer.from('1e000000', 'hex'), ipv6(segment)]],
    ['IP in IP', 101, [ipv4(4, ip)]],
    ['GTP-U', 101, [ipv4(17, Buffer.concat([Buffer.from('0868086800000000' + '30ff000000000001', 'hex'), ip]))]],
    ['PPPoE', 1, [Buffer.alloc(12), Buffer.from('8864' + '110000010000' + '0021', 'hex'), ip]],
    ['MPLS', 1, [Buffer.alloc(12), Buffer.from('8847' + '0001003f' + '0002013f', 'hex'), ip]],
    ['an 802.3 frame with SNAP', 1, [Buffer.alloc(12), Buffer.from('0040' + 'aaaa030000000800', 'hex'), ip]],
    ['PPP', 9, [Buffer.from('ff030021', 'hex'), ip]],
    ['PPP with a short protocol number', 9, [Buffer.from('21', 'hex'), ip]],
    ['wireless', 105, [Buffer.from('0801', 'hex'), Buffer.alloc(22), SNAP, ip]],
    ['wireless with quality of service, behind radiotap', 127, [radiotap, Buffer.from('8801', 'hex'), Buffer.alloc(24), SNAP, ip]],
    ['a log of netfilter', 239, [Buffer.from('0200000008000100' + '00000000', 'hex'), netfilterField(ip), ip]],
    ['GRE', 101, [ipv4(47, Buffer.concat([Buffer.from('00000800', 'hex'), ip]))]],
    ['GRE with checksum, key and sequence number', 101, [ipv4(47, Buffer.concat([Buffer.from(`b0000800${'00'.repeat(12)}`, 'hex'), ip]))]],
    ['GRE with an Ethernet frame', 101, [ipv4(47, Buffer.concat([Buffer.from('00006558', 'hex'), Buffer.alloc(12), IPV4_TYPE, ip]))]],
    [
      'ERSPAN',
      101,
      [ipv4(47, Buffer.concat([Buffer.from('100088be' + '00000001' + '1001000000000000', 'hex'), Buffer.alloc(12), IPV4_TYPE, ip]))],
    ],
    ['PPTP', 101, [ipv4(47, Buffer.concat([Buffer.from('3001880b' + '00000000' + '00000001' + 'ff030021', 'hex'), ip]))]],
    ['VXLAN', 101, [datagram(4789, Buffer.from('0800000000000100', 'hex'), Buffer.alloc(12), IPV4_TYPE, ip)]],
    ['Geneve with options', 101, [datagram(6081, Buffer.from('0100655800000100' + '00000000', 'hex'), Buffer.alloc(12), IPV4_TYPE, ip)]],
    ['Teredo', 101, [datagram(3544, Buffer.from('0000' + 'aaaabbbbbbbb', 'hex'), ipv6(segment))]],
    ['L2TP', 101, [datagram(1701, Buffer.from('4002' + '0000' + '00010001' + 'ff030021', 'hex'), ip)]],
    ['GTP-U with an extension header', 101, [datagram(2152, Buffer.from('34ff000000000001' + '00000085' + '01000000', 'hex'), ip)]],
    [
      'wireless inside CAPWAP',
      101,
      [datagram(5247, Buffer.from('0010030000000000', 'hex'), Buffer.from('0801', 'hex'), Buffer.alloc(22), SNAP, ip)],
    ],
    [
      'the same as Cisco writes it',
      101,
      [datagram(5247, Buffer.from('0010030000000000', 'hex'), Buffer.from('1108', 'hex'), Buffer.alloc(22), SNAP, ip)],
    ],
  ])('goes through %s', (_name, linkType, parts) => {
    expect(read([{ linkType, octets: Buffer.concat(parts) }]).text).toEqual(['0here'])
  })

  it('leaves out Ethernet padding behind the IP packet', () => {
    expect(read([{ linkType: 1, octets: Buffer.concat([frameOf(client(1, 'a')), Buffer.alloc(6)]) }]).text).toEqual(['0a'])
  })

  it('names what it does not read: fragments, link types, DTLS, QUIC', () => {
    const udp = (payload: Uint8Array) => ipv4(17, Buffer.concat([Buffer.from('c35001bb00000000', 'hex'), payload]))
    const dtls = Buffer.from('16fefd0000000000000000000401000000', 'hex')
    const quic = Buffer.concat([Buffer.from('c300000001', 'hex'), Buffer.alloc(1195)])
    const { summary } = read([
      { linkType: 101, octets: ipv4(6, segment, true, 0x2000) },
      { linkType: 147, octets: ip },
      { linkType: 101, octets: udp(dtls) },
      { linkType: 101, octets: udp(quic) },
    ])
    expect(summary).toMatchObject({ fragments: 1, dtls: 1, quic: 1, tcpStreams: 0 })
    expect([...summary.unreadLinkTypes]).toEqual([[147, 1]])
  })

  it('takes any octets for a packet without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 9, 101, 105, 113, 127, 239, 276), fc.uint8Array({ maxLength: 120 }), (linkType, octets) => {
        read([{ linkType, octets }])
        parseIp(octets)
      }),
      { numRuns: 5000 },
    )
  })

  it('writes addresses as people do', () => {
    const format = (hex: string) => formatAddress(Buffer.from(hex, 'hex'))
    expect(format('c0000201')).toBe('192.0.2.1')
    expect(format('20010db8000000000000000000000001')).toBe('2001:db8::1')
    expect(format('00000000000000000000000000000001')).toBe('::1')
    expect(format('20010db8000100000000000100000001')).toBe('2001:db8:1::1:0:1')
    expect(format('00000000000000000000000000000000')).toBe('::')
  })
})
