/** Where each field of a message lies. Pure, and without anything of Node. */
import type { Alert } from '../contract/handshake.ts'
import {
  ALERT_PARTS,
  CHANGE_CIPHER_SPEC_PARTS,
  type ExtensionParts,
  type Kind,
  type Marks,
  type Part,
  partsOf,
  RECORD_PARTS,
  SSLV2_HELLO_PARTS,
  SSLV2_HELLO_VECTORS,
} from './fields-schema.ts'

/** One field; the fields of a message follow one another without a hole. */
export interface Field {
  /** As the RFC names it, with its path: `extensions.key_share.client_shares.group`. */
  readonly name: string
  /** From the first octet of what was given (for a message: of its 4-octet header). */
  readonly offset: number
  readonly length: number
  /** What it says, for people; captured text in it is not escaped. */
  readonly text: string
}

/** The name of a registered number, undefined where the caller knows none. */
export type NameNumber = (kind: Kind, id: number) => string | undefined

/** What a message alone does not tell. */
export interface SessionContext {
  /** Negotiated version (0x0304 = TLS 1.3). */
  readonly version: number
  /** Registered name of the negotiated suite, "" while unknown: says what a ServerKeyExchange holds. */
  readonly cipherSuite: string
  readonly name: NameNumber
}

/** All fields of a handshake message with its 4-octet header, in wire order. Total: what cannot be read is told as a field, too. */
export function layFields(message: Uint8Array, context: SessionContext): readonly Field[] {
  const walk = new Walk(message, context.name)
  walk.number('msg_type', 1, 'message')
  const lengthBytes = walk.number('length', 3)
  walk.bounded(lengthBytes, 'body', () => walk.all(partsOf(message[0] ?? 0, context.version, context.cipherSuite), ''))
  walk.leftOver('message')
  return walk.fields
}

/** Both fields of an alert. */
export function layAlertFields(alert: Uint8Array, name: NameNumber): readonly Field[] {
  const walk = new Walk(alert, name)
  walk.all(ALERT_PARTS, '')
  walk.leftOver('alert')
  return walk.fields
}

/** The two octets of an alert that was read; null where only the length of its record was seen. */
export function alertOctets({ level, code, how }: Pick<Alert, 'level' | 'code' | 'how'>): Uint8Array | null {
  if (how === 'inferred' || level === null || code === null) return null
  return Uint8Array.of(typeof level === 'number' ? level : level === 'warning' ? 1 : 2, code)
}

/** A record: its header, and what is in it where that is in clear and no handshake message (those may go over many records). */
export function layRecordFields(record: Uint8Array, name: NameNumber): readonly Field[] {
  const walk = new Walk(record, name)
  walk.all(RECORD_PARTS, '')
  const lengthBytes = (record[3] ?? 0) * 256 + (record[4] ?? 0)
  const content = lengthBytes === CONTENT_BYTES[record[0] ?? 0] ? CONTENTS[record[0] ?? 0] : undefined
  walk.bounded(lengthBytes, 'fragment', () => walk.all(content ?? [{ is: 'rest', name: 'fragment' }], ''))
  walk.leftOver('record')
  return walk.fields
}

/** A ClientHello in SSL 2.0 framing, with its 2-octet header. */
export function laySslv2HelloFields(hello: Uint8Array, name: NameNumber): readonly Field[] {
  const walk = new Walk(hello, name)
  walk.all(SSLV2_HELLO_PARTS, '')
  SSLV2_HELLO_VECTORS.forEach((vector, at) => {
    const lengthBytes = (hello[5 + 2 * at] ?? 0) * 256 + (hello[6 + 2 * at] ?? 0)
    walk.bounded(lengthBytes, vector, () => walk.all([{ is: 'rest', name: vector }], ''))
  })
  walk.leftOver('hello')
  return walk.fields
}

/** What a record holds by its content type, and how long that is: of another length it is encrypted, or cut. */
const CONTENTS: Readonly<Record<number, readonly Part[]>> = { 20: CHANGE_CIPHER_SPEC_PARTS, 21: ALERT_PARTS }
const CONTENT_BYTES: Readonly<Record<number, number>> = { 20: 1, 21: 2 }

/** Goes once through the octets; `#end` is the end of the vector that is being read. */
class Walk {
  readonly fields: Field[] = []
  readonly #octets: Uint8Array
  readonly #nameOf: NameNumber
  #at = 0
  #end: number

  constructor(octets: Uint8Array, nameOf: NameNumber) {
    this.#octets = octets
    this.#end = octets.length
    this.#nameOf = nameOf
  }

  all(parts: readonly Part[], path: string): void {
    for (const part of parts) this.#one(part, path)
  }

  number(name: string, octets: 1 | 2 | 3 | 4, kind?: Kind): number {
    const value = this.#value(octets)
    this.#push(name, octets, this.#say(value, kind))
    return value
  }

  leftOver(name: string): void {
    this.#push(`${name} (left over)`, this.#end - this.#at)
  }

  #one(part: Part, path: string): void {
    if (this.#at >= this.#end) return
    if (part.is === 'extensions') {
      this.#within(`${path}extensions`, 2, () => this.#extensions(part.by, `${path}extensions`))
      return
    }
    const name = path + part.name
    if (part.is === 'number') this.number(name, part.octets, part.kind)
    else if (part.is === 'octets') this.#push(name, part.octets, this.#marked(part.octets, part.marks))
    else if (part.is === 'rest') this.#push(name, this.#end - this.#at)
    else this.#within(name, part.prefix, () => this.#content(part, name))
  }

  #content(part: Extract<Part, { readonly prefix: number }>, name: string): void {
    const left = this.#end - this.#at
    if (part.is === 'opaque') this.#push(name, left, part.isText === true ? this.#text() : undefined)
    else if (part.is === 'numbers') this.#push(name, left, this.#list(part.octets, part.kind))
    else while (this.#at < this.#end) this.all(part.parts, `${name}.`)
  }

  #extensions(by: ExtensionParts, path: string): void {
    while (this.#at < this.#end) {
      const id = this.#value(2)
      const lengthBytes = this.#value(2, this.#at + 2)
      const isWhole = lengthBytes <= this.#end - this.#at - EXTENSION_HEADER_BYTES
      const name = this.#nameOf('type', id) ?? String(id)
      if (isWhole) this.#push(`${path}.${name}`, EXTENSION_HEADER_BYTES, `${name} (${id}), ${lengthBytes} bytes`)
      else this.#brokenHeader(path, lengthBytes)
      this.bounded(lengthBytes, `${path}.${name}`, () => this.all(by[id] ?? [{ is: 'rest', name: 'extension_data' }], `${path}.${name}.`))
    }
  }

  /** Of an extension whose length lies, or that ends inside its header. */
  #brokenHeader(path: string, lengthBytes: number): void {
    this.number(`${path}.extension_type`, 2, 'type')
    const left = Math.max(0, this.#end - this.#at - 2)
    this.#push(`${path}.extension_data length`, 2, `${lengthBytes}, but only ${left} bytes follow`)
  }

  /** A vector: a field for its length, then what is in it. */
  #within(name: string, prefix: 1 | 2 | 3, read: () => void): void {
    const lengthBytes = this.#end - this.#at < prefix ? 0 : this.#value(prefix)
    const left = Math.max(0, this.#end - this.#at - prefix)
    this.#push(`${name} length`, prefix, lengthBytes > left ? `${lengthBytes}, but only ${left} bytes follow` : String(lengthBytes))
    this.bounded(lengthBytes, name, read)
  }

  /** Read what is at most so long; octets that nothing took are a field, too. */
  bounded(lengthBytes: number, name: string, read: () => void): void {
    const outer = this.#end
    this.#end = Math.min(outer, this.#at + lengthBytes)
    if (this.#at < this.#end) read()
    this.leftOver(name)
    this.#end = outer
  }

  #push(name: string, length: number, text?: string): void {
    const taken = Math.min(length, this.#end - this.#at)
    if (taken <= 0) return
    const isCut = taken < length
    this.fields.push({
      name: isCut ? `${name} (cut short)` : name,
      offset: this.#at,
      length: taken,
      text: isCut ? hexOf(this.#octets, this.#at, this.#at + taken) : (text ?? hexOf(this.#octets, this.#at, this.#at + taken)),
    })
    this.#at += taken
  }

  #value(octets: number, at = this.#at): number {
    let value = 0
    for (let i = at; i < at + octets; i++) value = value * 256 + (this.#octets[i] ?? 0)
    return value
  }

  /** Hex, with what a mark at its end says. */
  #marked(octets: number, marks: Marks = {}): string {
    const hex = hexOf(this.#octets, this.#at, this.#at + octets)
    const mark = Object.keys(marks).find((ending) => hex.endsWith(ending))
    return mark === undefined ? hex : `${hex} (${marks[mark] ?? ''})`
  }

  #say(value: number, kind: Kind | undefined): string {
    const name = kind === undefined ? undefined : this.#nameOf(kind, value)
    return name === undefined ? String(value) : `${name} (${value})`
  }

  #list(octets: number, kind: Kind | undefined): string {
    const names: string[] = []
    const count = Math.floor((this.#end - this.#at) / octets)
    for (let i = 0; i < Math.min(count, MOST_NAMES); i++) {
      const value = this.#value(octets, this.#at + i * octets)
      names.push((kind === undefined ? undefined : this.#nameOf(kind, value)) ?? String(value))
    }
    return count > MOST_NAMES ? `${names.join(', ')} and ${count - MOST_NAMES} more` : names.join(', ')
  }

  /** One character an octet: nobody promised an encoding. */
  #text(): string {
    return Array.from(this.#octets.subarray(this.#at, this.#end), (octet) => String.fromCharCode(octet)).join('')
  }
}

function hexOf(octets: Uint8Array, from: number, to: number): string {
  if (to - from > MOST_HEX) return `${to - from} bytes`
  return Array.from(octets.subarray(from, to), (octet) => octet.toString(16).padStart(2, '0')).join('')
}

const EXTENSION_HEADER_BYTES = 4
const MOST_NAMES = 64
const MOST_HEX = 32
