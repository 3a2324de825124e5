/** Where a variable is set, for evidence and fixes: only places that whytls itself read on this machine. */
import type { EvidenceLine, Fix } from '../contract/diagnosis.ts'
import { shown } from './captured.ts'
import { fix } from './fixes.ts'
import type { Observation, ProxySetting, SettingPlace } from './observation.ts'
import { showLineCommand } from './remedy.ts'

/** "~/.bashrc:41, /etc/environment:3"; "" where no file is known. */
export function placesText(places: readonly SettingPlace[] | undefined): string {
  return (places ?? [])
    .slice(0, MOST_PLACES)
    .map(({ path, line }) => `${shown(path)}:${line}`)
    .join(', ')
}

/** `HTTPS_PROXY=http://gw.acme.example:3128 (set in ~/.bashrc:41)`, with whose environment that is where it is not the command's. */
export function settingText({ variable, value, setAt, whose }: ProxySetting): string {
  const where = placesText(setAt)
  const facts = [whose === undefined ? '' : `in ${shown(whose)}`, where === '' ? '' : `set in ${where}`].filter((text) => text !== '')
  return `${variable}=${shown(value)}${facts.length === 0 ? '' : ` (${facts.join(', ')})`}`
}

/** The variable that named the proxy of this connection; none where no proxy was used. */
export function proxySettingLines({ proxySetting }: Observation): readonly EvidenceLine[] {
  if (proxySetting === undefined || UNREAD.has(proxySetting.reads)) return []
  return [{ text: settingText(proxySetting), source: 'environment', ref: null }]
}

/** Change or remove the lines that set a variable, where they are known: one fix for each file, none where no file is known. */
export function placeFixes(places: readonly SettingPlace[] | undefined, title: (place: string) => string, parts: Partial<Fix> = {}) {
  return (places ?? []).slice(0, MOST_PLACES).map((place) => {
    const command = showLineCommand(place.path, place.line)
    return fix({
      title: title(`line ${place.line} of ${shown(place.path)}`),
      scope: place.path.startsWith('~') ? 'this-user' : 'this-machine',
      shell: 'bash',
      commands: command === null ? [] : [command],
      checkedHow: 'the command shows the line; change it in an editor, then open a new shell',
      ...parts,
    })
  })
}

const MOST_PLACES = 3
const UNREAD: ReadonlySet<ProxySetting['reads']> = new Set(['not-read-by-go', 'http-only', 'bypassed'])
