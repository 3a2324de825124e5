import { type DerReader, TAG } from './der.ts'
import { decodeGoString, goLength, hex, isAscii, isValidUtf8, latin1, showGoString } from './go-text.ts'
import { readOtherValue } from './name-value.ts'
import type { Refuse } from './parse-error.ts'
import type { GoRules } from './rules.ts'

/** A distinguished name (RFC 5280 section 4.1.2.4) with what Go keeps of it. */
export interface Name {
  /** In the order of the encoding. */
  readonly attributes: readonly NameAttribute[]
  /** The last commonName, "" without one. */
  readonly commonName: string
  readonly organizations: readonly string[]
  /** What Go's pkix.Name.String prints: RFC 2253 order, grouped by kind, non-standard attributes last. */
  readonly text: string
}

/** One attribute of a name. */
export interface NameAttribute {
  readonly oid: string
  /** A Go string (see `decodeGoString`); "#" and the DER in hex for a value of another type. */
  readonly value: string
  readonly isText: boolean
}

/** A name without attributes. */
export const EMPTY_NAME: Name = { attributes: [], commonName: '', organizations: [], text: '' }

/**
 * Read a Name.
 * @param reader stands at the Name's SEQUENCE
 * @param field "issuer" or "subject", for the error
 * @returns what could be read; after a refusal (when `refuse` returns) the attributes up to there
 */
export function readName(reader: DerReader, rules: GoRules, refuse: Refuse, field: string): Name {
  const attributes: NameAttribute[] = []
  const fail = (detail: string, offset: number) => {
    refuse(`x509: invalid RDNSequence${detail}`, offset, field)
    return makeName(attributes, rules)
  }
  const sequence = reader.read(TAG.sequence)
  if (sequence === undefined) return fail('', reader.offset)
  while (!sequence.isEmpty) {
    const set = sequence.read(TAG.set)
    if (set === undefined) return fail('', sequence.offset)
    while (!set.isEmpty) {
      const offset = set.offset
      const attribute = readAttribute(set, rules)
      if (typeof attribute === 'string') return fail(attribute, offset)
      attributes.push(attribute)
    }
  }
  return makeName(attributes, rules)
}

/** The attribute, or Go's words for what is wrong with it. */
function readAttribute(set: DerReader, rules: GoRules): NameAttribute | string {
  const pair = set.read(TAG.sequence)
  if (pair === undefined) return ': invalid attribute'
  const oid = pair.objectIdentifier()
  if (oid === undefined) return ': invalid attribute type'
  const element = pair.any()
  if (element === undefined) return `: invalid attribute value${rules.allowsAnyAttribute ? ': invalid ASN.1 element' : ''}`
  if (rules.allowsAnyAttribute && !STRING_TAGS.has(element.tag)) {
    const other = readOtherValue(pair.octets.subarray(element.offset, element.end), rules)
    return 'problem' in other ? `: invalid attribute value: ${other.problem}` : { oid, value: other.text, isText: false }
  }
  const value = decodeString(element.tag, pair.octets.subarray(element.contentOffset, element.end), rules)
  return 'problem' in value ? `: invalid attribute value: ${value.problem}` : { oid, value: value.text, isText: true }
}

const STRING_TAGS: ReadonlySet<number> = new Set([
  TAG.t61String,
  TAG.printableString,
  TAG.utf8String,
  TAG.bmpString,
  TAG.ia5String,
  TAG.numericString,
])

function decodeString(tag: number, octets: Uint8Array, rules: GoRules): { text: string } | { problem: string } {
  switch (tag) {
    case TAG.t61String:
      return { text: rules.hasStrictStrings ? latin1(octets) : decodeGoString(octets) }
    case TAG.printableString:
      return PRINTABLE_STRING.test(latin1(octets)) ? { text: latin1(octets) } : { problem: 'invalid PrintableString' }
    case TAG.utf8String:
      return isValidUtf8(octets) ? { text: decodeGoString(octets) } : { problem: 'invalid UTF-8 string' }
    case TAG.bmpString:
      return decodeBmpString(octets, rules)
    case TAG.ia5String:
      return isAscii(octets) ? { text: latin1(octets) } : { problem: 'invalid IA5String' }
    case TAG.numericString:
      return /^[0-9 ]*$/.test(latin1(octets)) ? { text: latin1(octets) } : { problem: 'invalid NumericString' }
    default:
      return { problem: `unsupported string type: ${tag}` }
  }
}

function decodeBmpString(octets: Uint8Array, rules: GoRules): { text: string } | { problem: string } {
  if (octets.length % 2 !== 0) return { problem: 'invalid BMPString' }
  const units: number[] = []
  for (let i = 0; i < octets.length; i += 2) units.push((octets[i] ?? 0) * 256 + (octets[i + 1] ?? 0))
  if (units.at(-1) === 0) units.pop()
  if (rules.hasStrictStrings && units.some(isReservedUnit)) return { problem: 'invalid BMPString' }
  const text = units.map((unit) => String.fromCharCode(unit)).join('')
  return { text: showGoString(text) }
}

function isReservedUnit(unit: number): boolean {
  return unit >= 0xfffe || (unit >= 0xfdd0 && unit <= 0xfdef) || (unit >= 0xd800 && unit <= 0xdfff)
}

function makeName(attributes: readonly NameAttribute[], rules: GoRules): Name {
  const valuesOf = (oid: string) => attributes.filter((attribute) => attribute.isText && attribute.oid === oid).map(({ value }) => value)
  return {
    attributes,
    commonName: valuesOf('2.5.4.3').at(-1) ?? '',
    organizations: valuesOf('2.5.4.10'),
    text: formatName(attributes, valuesOf, rules),
  }
}

/** Go prints the standard attributes grouped by kind, in reverse of this order, then the others in reverse of the encoding. */
function formatName(attributes: Name['attributes'], valuesOf: (oid: string) => readonly string[], rules: GoRules): string {
  const groups: string[] = []
  for (const attribute of attributes) {
    if (!STANDARD_TYPES.has(attribute.oid)) groups.push(formatOther(attribute, rules))
  }
  for (const [oid, label] of STANDARD_TYPES) {
    const isSingle = oid === '2.5.4.3' || oid === '2.5.4.5'
    const values = isSingle
      ? valuesOf(oid)
          .slice(-1)
          .filter((value) => value !== '')
      : valuesOf(oid)
    if (values.length > 0) groups.push(values.map((value) => `${label}=${escapeValue(value)}`).join('+'))
  }
  return groups.reverse().join(',')
}

function formatOther({ oid, value, isText }: NameAttribute, rules: GoRules): string {
  if (!isText) return `${oid}=${value}`
  if (rules.allowsAnyAttribute || showGoString(value) !== value) return `${oid}=${escapeValue(value)}`
  const isPrintable = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(value)
  const content = Buffer.from(value, 'utf8')
  const length = content.length < 128 ? Buffer.of(content.length) : encodeLongLength(content.length)
  return `${oid}=#${hex(Buffer.concat([Buffer.of(isPrintable ? TAG.printableString : TAG.utf8String), length, content]))}`
}

function encodeLongLength(length: number): Buffer {
  const octets = Buffer.from(length.toString(16).padStart(Math.ceil(length.toString(16).length / 2) * 2, '0'), 'hex')
  return Buffer.concat([Buffer.of(0x80 | octets.length), octets])
}

function escapeValue(value: string): string {
  if (!/[,+"\\<>;]|^[ #]| $/.test(value)) return showGoString(value)
  const last = goLength(value) - 1
  let position = 0
  let escaped = ''
  for (const char of value) {
    const isEdge = position === 0 || position === last
    const needsEscape = ',+"\\<>;'.includes(char) || (char === ' ' && isEdge) || (char === '#' && position === 0)
    escaped += needsEscape ? `\\${char}` : char
    position += goLength(char)
  }
  return showGoString(escaped)
}

/** Go's PrintableString allows `*` and `&` too. */
const PRINTABLE_STRING = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/

const STANDARD_TYPES: ReadonlyMap<string, string> = new Map([
  ['2.5.4.6', 'C'],
  ['2.5.4.8', 'ST'],
  ['2.5.4.7', 'L'],
  ['2.5.4.9', 'STREET'],
  ['2.5.4.17', 'POSTALCODE'],
  ['2.5.4.10', 'O'],
  ['2.5.4.11', 'OU'],
  ['2.5.4.3', 'CN'],
  ['2.5.4.5', 'SERIALNUMBER'],
])
