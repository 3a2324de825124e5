/** Fields of a handshake message for the bytes view. Numbers get the names that the parsed hellos hold, so that the page carries no registries. */
import type { Alert, Handshake } from '../src/contract/handshake.ts'
import type { Named } from '../src/contract/terms.ts'
import { alertOctets, type Field, layAlertFields, layFields, type NameNumber } from '../src/handshake/fields.ts'
import type { Kind } from '../src/handshake/fields-schema.ts'

type Hellos = Pick<Handshake, 'clientHello' | 'serverHello'>

/** Fields in wire order, without a hole. */
export function layMessageFields(octets: Uint8Array, { type, name }: { type: number; name: string }, hellos: Hellos): readonly Field[] {
  const { serverHello } = hellos
  const known = knownNames(hellos)
  const nameNumber: NameNumber = (kind, id) =>
    kind === 'message' && id === type ? name : known[kind]?.find((named) => named.id === id)?.name
  return layFields(octets, {
    version: serverHello?.selectedVersion.id ?? TLS13,
    cipherSuite: serverHello?.cipherSuite.name ?? '',
    name: nameNumber,
  })
}

/** Octets and fields of an alert; null where only the length of its record was seen. */
export function layAlert(alert: Pick<Alert, 'level' | 'code' | 'name' | 'how'>): { octets: Uint8Array; fields: readonly Field[] } | null {
  const octets = alertOctets(alert)
  if (octets === null) return null
  const name: NameNumber = (kind) =>
    kind === 'alert' ? alert.name : kind === 'level' && alert.level !== null ? String(alert.level) : undefined
  return { octets, fields: layAlertFields(octets, name) }
}

function knownNames({ clientHello, serverHello }: Hellos): Partial<Record<Kind, readonly Named[]>> {
  const chosenGroup = serverHello?.keyShareGroup
  return {
    version: [...(clientHello?.supportedVersions ?? []), ...(serverHello ? [serverHello.selectedVersion] : [])],
    suite: [...(clientHello?.cipherSuites ?? []), ...(serverHello ? [serverHello.cipherSuite] : [])],
    group: [...(clientHello?.supportedGroups ?? []), ...(chosenGroup ? [chosenGroup] : [])],
    scheme: clientHello?.signatureAlgorithms ?? [],
    point: clientHello?.ecPointFormats ?? [],
    mode: clientHello?.pskKeyExchangeModes ?? [],
    type: [...(clientHello?.extensions ?? []), ...(serverHello?.extensions ?? [])],
  }
}

const TLS13 = 0x0304
