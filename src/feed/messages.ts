/** The handshake messages and alerts of one handshake with every field in its place, for the page's bytes view. */
import type { Handshake } from '../contract/handshake.ts'
import { alertOctets, layAlertFields, layFields } from '../handshake/fields.ts'
import { nameRegistered } from '../handshake/fields-names.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import type { MessageList } from './protocol.ts'

/** In the order of the wire; of what was only inferred there are no octets, and of an alert whose octets are not known nothing at all. */
export function listMessages(
  { serverHello, alerts }: Pick<Handshake, 'serverHello' | 'alerts'>,
  messages: readonly SeenMessage[],
): MessageList {
  const context = {
    version: serverHello?.selectedVersion.id ?? TLS13,
    cipherSuite: serverHello?.cipherSuite.name ?? '',
    name: nameRegistered,
  }
  return {
    messages: messages.map(({ octets, ...seen }) =>
      octets === undefined
        ? { ...seen, octets: null, fields: [] }
        : { ...seen, octets: base64(octets), fields: layFields(octets, context) },
    ),
    alerts: alerts.flatMap(({ sender, level, name, how, ...rest }) => {
      const octets = alertOctets({ level, how, ...rest })
      if (octets === null) return []
      return [{ sender, level, name, how, octets: base64(octets), fields: layAlertFields(octets, nameRegistered) }]
    }),
  }
}

function base64(octets: Uint8Array): string {
  return Buffer.from(octets).toString('base64')
}

const TLS13 = 0x0304
