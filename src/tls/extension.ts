import type { Extension } from '../contract/handshake.ts'
import { Cursor } from './cursor.ts'
import { TlsDecodeError } from './decode-error.ts'
import { type ExtensionContent, type ExtensionPlace, readExtensionContent } from './extension-content.ts'
import { readNames } from './lists.ts'
import { toBase64 } from './octets.ts'
import { nameExtension } from './registry.ts'

/** Reads one extension's data (a cursor over exactly that) into the fields of a message that it stands for. */
export type ExtensionParser<Fields> = (data: Cursor) => Partial<Fields>

/** Extensions of one message: as they stand on the wire, and what the known ones say. */
export interface ParsedExtensions<Fields> {
  readonly extensions: readonly Extension[]
  readonly fields: Partial<Fields>
}

/**
 * Parse an extensions block (RFC 8446 section 4.2), which may be absent at the end of a hello.
 * Raw octets of every extension are kept. An extension whose data are malformed keeps its place and says so in `malformed`; of two with one type the first counts.
 * @throws TlsDecodeError when the block's own framing is wrong
 */
export function parseExtensions<Fields>(
  cursor: Cursor,
  parsers: Readonly<Record<number, ExtensionParser<Fields>>>,
  place?: ExtensionPlace,
): ParsedExtensions<Fields> {
  if (cursor.isAtEnd) return { extensions: [], fields: {} }
  const path = pathOf(place)
  const [typeField, dataField] = [`${path}.extension_type`, `${path}.extension_data`]
  const block = cursor.vector(2, path)
  const extensions: Extension[] = []
  const seen = new Set<number>()
  const fields: Partial<Fields> = {}
  while (!block.isAtEnd) {
    const id = block.u16(typeField)
    const offset = block.offset + 2
    const data = block.vector(2, dataField).rest()
    const parsed: ParsedOne<Fields> = seen.has(id) ? { fields: {} } : parseOne(new Cursor(data, offset), parsers[id], id, place)
    seen.add(id)
    Object.assign(fields, parsed.fields)
    extensions.push(describeExtension(id, data, parsed))
  }
  return { extensions, fields }
}

/** The names of an ALPN extension (RFC 7301 section 3.1), one character an octet. */
export function readProtocolNames(data: Cursor): string[] {
  const names = readNames(data, 'protocol_name_list')
  data.expectEnd('')
  return names
}

interface ParsedOne<Fields> {
  readonly fields: Partial<Fields>
  readonly malformed?: string
  readonly content?: ExtensionContent
}

function parseOne<Fields>(
  data: Cursor,
  parse: ExtensionParser<Fields> | undefined,
  id: number,
  place: ExtensionPlace | undefined,
): ParsedOne<Fields> {
  try {
    if (parse !== undefined) return { fields: parse(data) }
    const content = place === undefined ? undefined : readExtensionContent(id, place, data)
    return content === undefined ? { fields: {} } : { fields: {}, content }
  } catch (error) {
    if (!(error instanceof TlsDecodeError)) throw error
    return { fields: {}, malformed: error.below(`${pathOf(place)}.${nameExtension(id).name}`).message }
  }
}

/** The name of the block, as error messages and the bytes view know it. */
function pathOf(place: ExtensionPlace | undefined): string {
  return place === 'certificate' ? 'certificate_list.extensions' : 'extensions'
}

function describeExtension(id: number, data: Uint8Array, { malformed, content }: ParsedOne<unknown>): Extension {
  // Written out rather than spread: hellos have a dozen of them, and this is the hot place of the parser.
  const { name } = nameExtension(id)
  const [lengthBytes, raw] = [data.length, toBase64(data)]
  if (malformed !== undefined) return { id, name, lengthBytes, raw, malformed }
  return content === undefined || isEmpty(content) ? { id, name, lengthBytes, raw } : { id, name, lengthBytes, raw, content }
}

function isEmpty(content: ExtensionContent): boolean {
  for (const _field in content) return false
  return true
}
