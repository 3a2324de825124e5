import { DerReader, TAG } from './der.ts'
import { hex } from './go-text.ts'
import type { GoRules } from './rules.ts'
import { readTime } from './time.ts'

/**
 * Read a value of a name's attribute that is no string, as Go from 1.27 on does.
 * @param der the whole element
 * @returns what Go prints for it ("#" and hex; `\\<nil\\>` for NULL), or its words for the refusal
 */
export function readOtherValue(der: Uint8Array, rules: GoRules): { text: string } | { problem: string } {
  const reader = new DerReader(der)
  const known = KINDS[der[0] ?? 0]
  if (known !== undefined && known.read(reader) === undefined) return { problem: `invalid ASN.1 ${known.label}` }
  if (der[0] === TAG.null) return { text: '\\<nil\\>' }
  if (der[0] !== TAG.utcTime && der[0] !== TAG.generalizedTime) return { text: `#${hex(der)}` }
  const time = readTime(reader, rules)
  return typeof time === 'string' ? { problem: time } : { text: `#${hex(encodeTime(time.goText))}` }
}

const KINDS: Readonly<Record<number, { readonly label: string; readonly read: (reader: DerReader) => unknown }>> = {
  [TAG.integer]: { label: 'integer', read: (reader) => reader.int64() },
  [TAG.bitString]: { label: 'BIT STRING', read: (reader) => reader.bitString() },
  [TAG.objectIdentifier]: { label: 'OBJECT IDENTIFIER', read: (reader) => reader.objectIdentifier() },
  [TAG.boolean]: { label: 'BOOLEAN', read: (reader) => reader.boolean() },
}

/** Go writes a time anew: as UTCTime where its year allows that. @param time RFC 3339 */
function encodeTime(time: string): Buffer {
  const year = Number(time.slice(0, 4))
  const isUtcTime = year >= 1950 && year < 2050
  const digits = time.slice(isUtcTime ? 2 : 0, 19).replace(/[-:T]/g, '')
  const content = Buffer.from(digits + time.slice(19).replace(':', ''))
  return Buffer.concat([Buffer.of(isUtcTime ? TAG.utcTime : TAG.generalizedTime, content.length), content])
}
