import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Direction } from '../../src/contract/terms.ts'
import type { HandshakeEvent } from '../../src/handshake/event.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import type { Transcript } from '../../src/handshake/transcript.ts'

/** A captured session of test/vectors/tls (made by scripts/capture-vectors.mjs). */
export interface Vector {
  readonly name: string
  /** SHA-256 of the chain that the server sent. */
  readonly served: readonly string[]
  /** NSS key log lines. */
  readonly keys: readonly string[]
  readonly chunks: readonly (readonly ['c' | 's', string])[]
}

export interface Played {
  readonly observer: HandshakeObserver
  readonly transcript: Transcript
  readonly lines: readonly string[]
}

/** Read a vector of ours by name. */
export function readVector(name: string): Vector {
  return JSON.parse(readFileSync(new URL(`../vectors/tls/${name}.json`, import.meta.url), 'utf8'))
}

/** Feed a vector chunk by chunk; `secrets` says whether and when its key log lines are given. Time is the number of the chunk. */
export function play(vector: Vector, secrets: 'none' | 'before' | 'after' = 'none'): Played {
  const observer = new HandshakeObserver()
  const lines: string[] = []
  const tell = (events: readonly HandshakeEvent[]) => lines.push(...events.flatMap(describeEvent))
  if (secrets === 'before') for (const key of vector.keys) tell(observer.addSecret(key))
  vector.chunks.forEach(([from, octets], at) => {
    tell(observer.feed(directionOf(from), Buffer.from(octets, 'base64'), at))
  })
  if (secrets === 'after') for (const key of vector.keys) tell(observer.addSecret(key))
  tell([...observer.end('server-to-client', vector.chunks.length), ...observer.end('client-to-server', vector.chunks.length)])
  return { observer, transcript: observer.transcript(), lines }
}

/**
 * Compare what an observer told with a script, one event a line; blank lines and indentation do not count.
 * A difference is shown in two columns, so that a shifted line is seen as such.
 */
export function playbook({ lines }: Played, script: string): void {
  const expected = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')
  if (expected.join('\n') === lines.join('\n')) return
  expect.fail(`the session did not go by the book\n${composeColumns(expected, lines)}`)
}

export function directionOf(from: 'c' | 's'): Direction {
  return from === 'c' ? 'client-to-server' : 'server-to-client'
}

function composeColumns(expected: readonly string[], found: readonly string[]): string {
  const width = Math.max(...expected.map(({ length }) => length), 8) + 2
  const rows = Array.from({ length: Math.max(expected.length, found.length) }, (_, at) => {
    const [left, right] = [expected[at] ?? '', found[at] ?? '']
    return `${left === right ? '  ' : '! '}${left.padEnd(width)}| ${right}`
  })
  return [`  ${'expected'.padEnd(width)}| found`, ...rows].join('\n')
}

/** One line for an event; the typed events that repeat a message line are left out. */
function describeEvent(event: HandshakeEvent): string[] {
  switch (event.type) {
    case 'message':
      return [`${letterOf(event.message.dir)} ${event.message.name}${event.message.source === 'decrypted' ? ' (decrypted)' : ''}`]
    case 'alert':
      return [`${event.alert.sender === 'client' ? 'c' : 's'} alert ${event.alert.code ?? '?'} (${event.alert.how})`]
    case 'certificate-request':
      return event.request.how === 'inferred' ? ['s CertificateRequest (inferred)'] : []
    case 'client-finished':
      return event.how === 'inferred' ? ['c Finished (inferred)'] : []
    case 'encrypted-from-here':
      return [`${letterOf(event.dir)} encrypted from here`]
    case 'stage-passed':
      return [`passed ${event.stage}`]
    case 'not-tls':
      return [`s not TLS: ${event.answer.statusLine ?? event.answer.kind}`]
    case 'unreadable':
      return [`${letterOf(event.dir)} unreadable at ${event.offset}: ${event.why}`]
    case 'complete':
      return ['complete']
    default:
      return []
  }
}

function letterOf(direction: Direction): 'c' | 's' {
  return direction === 'client-to-server' ? 'c' : 's'
}
