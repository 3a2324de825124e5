/** Observations of a server whose first messages go refuses, made from octets: a ClientHello such as go sends, an answer, go's alert. */
import type { Observation } from '../../src/diagnosis/observation.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { extension, u16 } from '../../src/lab/raw-hello.ts'
import { block, handshakeMessage, type RawClientHello, readClientHello, record } from '../../src/lab/raw-messages.ts'
import { ended, observation } from './observation-builders.ts'

const RANDOM = Buffer.alloc(32, 7)
const SESSION_ID = Buffer.alloc(32, 5)

/** A ClientHello record: TLS 1.3 and 1.2, three suites, x25519 (with its share), secp256r1 and secp384r1, h2 and http/1.1. */
export function clientHello(protocols: readonly string[] = ['h2', 'http/1.1']): Buffer {
  const suites = [0x1301, 0xc02b, 0xc02f].map(u16)
  const groups = [29, 23, 24].map(u16)
  const extensions = [
    extension(10, block(2, ...groups)),
    extension(13, block(2, u16(0x0403), u16(0x0804))),
    extension(16, block(2, ...protocols.map((name) => block(1, Buffer.from(name))))),
    extension(43, block(1, u16(0x0304), u16(0x0303))),
    extension(51, block(2, u16(29), block(2, Buffer.alloc(32, 9)))),
  ]
  const body = [u16(0x0303), RANDOM, block(1, SESSION_ID), block(2, ...suites), Buffer.from([1, 0]), block(2, ...extensions)]
  return record(22, handshakeMessage(1, Buffer.concat(body)))
}

/** What the lab's builders take of that ClientHello. */
export const OFFER: RawClientHello = readOffer()

function readOffer(): RawClientHello {
  const hello = readClientHello(clientHello())
  if (hello === undefined) throw new Error('the hello cannot be read')
  return hello
}

/** go sent its hello, got these octets, sent this alert (null: none) and left. Behind a HelloRetryRequest it sent another hello. */
export function refusedAnswer(answers: readonly Buffer[], alert: number | null, parts: Partial<Observation> = {}): Observation {
  const observer = new HandshakeObserver()
  for (const answer of answers) {
    observer.feed('client-to-server', clientHello(), 0)
    observer.feed('server-to-client', answer, 1)
  }
  if (alert !== null) observer.feed('client-to-server', record(21, Buffer.from([2, alert])), 2)
  return observation({ transcript: observer.transcript(), ending: ended('client', 'fin'), ...parts })
}
