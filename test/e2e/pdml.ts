/** Reads PDML, the XML in which tshark prints every field that it dissects. */

/** One field with those inside it. `value` is hex as on the wire, `show` is how tshark writes it. */
export interface PdmlField {
  readonly name: string
  readonly show: string
  readonly value: string
  readonly children: readonly PdmlField[]
}

/** The protocols of each packet, in the order in which tshark prints them. */
export function parsePdml(text: string): readonly (readonly PdmlField[])[] {
  const packets: PdmlField[][] = []
  let open: (Omit<PdmlField, 'children'> & { readonly children: PdmlField[] })[] = []
  for (const [tag] of text.matchAll(/<[^>]+>/g)) {
    if (tag === '<packet>') {
      packets.push([])
      open = []
    }
    if (tag === '</field>' || tag === '</proto>') open.pop()
    if (!tag.startsWith('<field ') && !tag.startsWith('<proto ')) continue
    const field = { name: readAttribute(tag, 'name'), show: readAttribute(tag, 'show'), value: readAttribute(tag, 'value'), children: [] }
    const siblings: PdmlField[] | undefined = open.at(-1)?.children ?? packets.at(-1)
    siblings?.push(field)
    if (!tag.endsWith('/>')) open.push(field)
  }
  return packets
}

/** All fields of this name below these, in order; a field is looked into even where it fits itself. */
export function findAll(fields: readonly PdmlField[], name: string): readonly PdmlField[] {
  return fields.flatMap((field) => [...(field.name === name ? [field] : []), ...findAll(field.children, name)])
}

function readAttribute(tag: string, name: string): string {
  const text = new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1] ?? ''
  return text.replace(/&(lt|gt|quot|apos|amp);/g, (_, entity: string) => ENTITIES[entity] ?? '')
}

const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' }
