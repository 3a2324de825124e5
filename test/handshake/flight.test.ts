import { describe, expect, it } from 'vitest'
import { FLIGHT_LIMIT_BYTES, type Flight, FlightTape } from '../../src/handshake/flight.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { directionOf, play, readVector } from './playbook.ts'

const KEYED = [
  ...['go-tls13-ok', 'go-tls13-sha256-ok', 'go-tls13-hrr-ok', 'go-tls13-refused', 'go-tls13-client-certificate', 'curl-tls13-refused'],
  ...['git-tls13-refused', 'openssl-tls13-ccm8-ok', 'go-page-after-handshake', 'go-tls12-ok', 'openssl-tls12-ok'],
]

describe('a flight', () => {
  it.each(KEYED)('%s holds every handshake message up to Finished and nothing behind it', (name) => {
    const whole = play(readVector(name), 'before').transcript
    const again = replay(flightOf(name)).transcript()
    const finished = (message: (typeof whole.messages)[number]) => message.type !== 4 || message.source === 'wire'
    expect(again.messages.map(summary)).toEqual(whole.messages.filter(finished).map(summary))
    expect(again.chain).toEqual(whole.chain)
    expect(again.applicationRecords).toEqual({ 'client-to-server': 0, 'server-to-client': 0 })
    expect(again.partialRecordBytes).toEqual({ 'client-to-server': 0, 'server-to-client': 0 })
  })

  it('keeps the secrets of the handshake only, and only of its own session', () => {
    const labels = flightOf('go-tls13-ok', [`CLIENT_HANDSHAKE_TRAFFIC_SECRET ${'00'.repeat(32)} ${'11'.repeat(48)}`]).secrets.map(labelOf)
    expect(labels.sort()).toEqual(['CLIENT_HANDSHAKE_TRAFFIC_SECRET', 'SERVER_HANDSHAKE_TRAFFIC_SECRET'])
    expect(flightOf('go-tls12-ok').secrets.map(labelOf)).toEqual(['CLIENT_RANDOM'])
  })

  it.each(['go-plain-http', 'go-not-tls'])('%s has no octet of an answer that is not TLS', (name) => {
    const flight = flightOf(name)
    expect(flight.records.map(({ dir }) => dir)).toEqual(['client-to-server'])
  })

  it('is bounded', () => {
    const vector = readVector('go-tls13-ok')
    const { transcript } = play(vector, 'before')
    const tape = new FlightTape()
    tape.addOctets('client-to-server', new Uint8Array(4 * FLIGHT_LIMIT_BYTES).fill(22))
    const record = {
      n: 1,
      dir: 'client-to-server',
      leg: 'upstream',
      atMs: 0,
      contentType: 22,
      version: '0x0301',
      lengthBytes: 16000,
    } as const
    const flight = tape.cut({ ...transcript, records: Array.from({ length: 100 }, () => record) })
    expect(flight.records.reduce((sum, { octets }) => sum + octets.length, 0)).toBeLessThanOrEqual(FLIGHT_LIMIT_BYTES)
  })
})

function flightOf(name: string, more: readonly string[] = []): Flight {
  const vector = readVector(name)
  const tape = new FlightTape()
  for (const [from, octets] of vector.chunks) tape.addOctets(directionOf(from), Buffer.from(octets, 'base64'))
  for (const line of [...vector.keys, ...more]) tape.addSecret(line)
  return tape.cut(play(vector, 'before').transcript)
}

function replay(flight: Flight): HandshakeObserver {
  const observer = new HandshakeObserver()
  for (const line of flight.secrets) observer.addSecret(line)
  for (const { dir, octets, atMs } of flight.records) observer.feed(dir, octets, atMs)
  return observer
}

function summary({ dir, name, lengthBytes, source }: { dir: string; name: string; lengthBytes: number; source: string }): string {
  return `${dir} ${name} ${lengthBytes} ${source}`
}

function labelOf(line: string): string {
  return line.split(' ')[0] ?? ''
}
