import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { formatAddress, parseIp } from '../../src/capture/ip.ts'
import { type CaptureSummary, StreamReader } from '../../src/capture/stream-reader.ts'
import type { TcpStream } from '../../src/capture/tcp-stream.ts'
import type { TcpLimits } from '../../src/capture/tcp-table.ts'
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

  it('keep segments in reverse order cheap: 20,000 of them in well under a second', () => {
    const began = performance.now()
    read(ethernet(client(0, '', 'S'), ...Array.from({ length: 20_000 }, (_, at) => client(1_000_000 - at, 'x'))))
    expect(performance.now() - began).toBeLessThan(3000)
  })
})

describe('the way to TCP', () => {
  const segment = tcp({ from: 'client', sequence: 1, payload: 'here' })
  const ip = ipv4(6, segment)
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
      { linkType: 105, octets: ip },
      { linkType: 101, octets: udp(dtls) },
      { linkType: 101, octets: udp(quic) },
    ])
    expect(summary).toMatchObject({ fragments: 1, dtls: 1, quic: 1, tcpStreams: 0 })
    expect([...summary.unreadLinkTypes]).toEqual([[105, 1]])
  })

  it('takes any octets for a packet without throwing', () => {
    fc.assert(
      fc.property(fc.constantFrom(0, 1, 101, 113, 276), fc.uint8Array({ maxLength: 120 }), (linkType, octets) => {
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
