/** Every field of every message and alert with its place in the octets, for `show --full`. */
import type { Handshake } from '../contract/handshake.ts'
import { counted } from '../diagnosis/units.ts'
import { alertOctets, type Field, layAlertFields, layFields } from '../handshake/fields.ts'
import { nameRegistered } from '../handshake/fields-names.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { printable } from './escape.ts'
import { padStart, wrap } from './layout.ts'
import type { Style } from './style.ts'

/**
 * A block per message, then per alert: offset in it, octets, name and what it says. Messages whose octets are not kept are left out, and alerts of
 * which only the length is known.
 */
export function fieldLines(
  handshake: Pick<Handshake, 'serverHello' | 'alerts'>,
  messages: readonly SeenMessage[],
  style: Style,
): readonly string[] {
  const { serverHello, alerts } = handshake
  const context = {
    version: serverHello?.selectedVersion.id ?? TLS13,
    cipherSuite: serverHello?.cipherSuite.name ?? '',
    name: nameRegistered,
  }
  const messageBlocks = messages.flatMap((message) => {
    if (message.octets === undefined) return []
    return block(headline(message, message.octets.length, style), layFields(message.octets, context), style)
  })
  const alertBlocks = alerts.flatMap((alert) => {
    const octets = alertOctets(alert)
    if (octets === null) return []
    const dir = alert.sender === 'client' ? 'client-to-server' : 'server-to-client'
    const source = alert.how === 'decrypted' ? 'decrypted' : 'wire'
    return block(headline({ name: 'Alert', dir, source }, octets.length, style), layAlertFields(octets, nameRegistered), style)
  })
  return [...messageBlocks, ...alertBlocks]
}

function block(head: string, fields: readonly Field[], style: Style): readonly string[] {
  return ['', head, ...fields.flatMap(({ offset, length, name, text }) => row([offset, length], name, text, style))]
}

function headline({ name, dir, source }: Pick<SeenMessage, 'name' | 'dir' | 'source'>, bytes: number, style: Style): string {
  const way = dir === 'client-to-server' ? 'go -> server' : 'server -> go'
  return printable(
    `  ${name}  ${way}  ${counted(bytes, 'byte')}${source === 'decrypted' ? ', decrypted' : ''}  (offset, bytes, field)`,
    style,
  )
}

/** What lies within another field is indented under it. */
function row([offset, length]: readonly [number, number], name: string, text: string, style: Style): readonly string[] {
  const path = name.split('.')
  const place = `  ${padStart(String(offset), 6)} ${padStart(`+${length}`, 6)}  ${'  '.repeat(path.length - 1)}`
  const lines = wrap(printable(`${path.at(-1) ?? ''}: ${text}`, style), Math.max(40, style.columns) - place.length)
  return lines.map((line, at) => `${at === 0 ? place : ' '.repeat(place.length)}${line}`)
}

const TLS13 = 0x0304
