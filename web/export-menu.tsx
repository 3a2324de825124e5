/** Save the open handshake: whytls writes the file, the page only hands it on. */
import { signal } from '@preact/signals'
import type { Handshake } from '../src/contract/handshake.ts'
import { announce } from './announce.ts'
import { RequestFailed, saveFile } from './api.ts'
import { inlined } from './inlined.ts'
import { Menu } from './menu.tsx'

const FORMS: readonly (readonly [name: string, note: string, route: string, ending: string])[] = [
  ['JSON', 'all that is known, as whytls show --json', 'export.json', '.json'],
  ['HAR', 'for HTTP archive viewers', 'export.har', '.har'],
  ['pcapng', 'for Wireshark, with the secrets of probes', 'export.pcapng', '.pcapng'],
  ['PEM chain', 'the certificates as they came; not to be trusted for that', 'chain.pem', '-chain.pem'],
  ['Markdown report', 'for an issue or a mail', 'report.md', '.md'],
]

export function ExportMenu({ handshake }: { readonly handshake: Handshake }) {
  if (inlined !== null) return null
  const { id } = handshake
  const forms = FORMS.filter(([, , route]) => route !== 'chain.pem' || (handshake.certificates?.chain.length ?? 0) > 0)
  const items = forms.map(([name, note, route, ending]) => ({ name, note, act: () => void save(id, name, route, ending) }))
  return <Menu label="Export…" items={items} testId="export" />
}

/** The file that could not be saved last, and why. */
const unsaved = signal<{ readonly id: number; readonly name: string; readonly why: RequestFailed } | null>(null)

/** Save one form of a handshake, and say so. */
export async function save(id: number, name: string, route: string, ending: string): Promise<void> {
  unsaved.value = null
  try {
    await saveFile(`/api/v1/handshakes/${id}/${route}`, `whytls-${id}${ending}`)
    announce(`${name} saved`)
  } catch (why) {
    if (!(why instanceof RequestFailed)) throw why
    unsaved.value = { id, name, why }
  }
}

/** Why a file of this handshake is not there. */
export function Unsaved({ id }: { readonly id: number }) {
  const last = unsaved.value
  if (last === null || last.id !== id) return null
  return (
    <p class="unsaved" role="alert" data-testid="unsaved">
      {last.name} was not saved: {last.why.message} {last.why.hint}
    </p>
  )
}
