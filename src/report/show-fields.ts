/** Every field of every message with its place in the octets, for `show --full`. */
import type { Handshake } from '../contract/handshake.ts'
import { counted } from '../diagnosis/units.ts'
import { layFields } from '../handshake/fields.ts'
import { nameRegistered } from '../handshake/fields-names.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import { printable } from './escape.ts'
import { padStart, wrap } from './layout.ts'
import type { Style } from './style.ts'

/** A block per message: offset in the message, octets, name and what it says. Messages whose octets are not kept are left out. */
export function fieldLines(handshake: Pick<Handshake, 'serverHello'>, messages: readonly SeenMessage[], style: Style): readonly string[] {
  const { serverHello } = handshake
  const context = {
    version: serverHello?.selectedVersion.id ?? TLS13,
    cipherSuite: serverHello?.cipherSuite.name ?? '',
    name: nameRegistered,
  }
  return messages.flatMap((message) => {
    if (message.octets === undefined) return []
    const fields = layFields(message.octets, context)
    const rows = fields.flatMap(({ offset, length, name, text }) => row([offset, length], name, text, style))
    return ['', headline(message, message.octets.length, style), ...rows]
  })
}

function headline({ name, dir, source }: SeenMessage, bytes: number, style: Style): string {
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
