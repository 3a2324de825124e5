/** git's own settings beside a failure of git's: where they stand, and how one is taken back. Pure. */
import type { EvidenceLine, Fix } from '../contract/diagnosis.ts'
import { shown } from './captured.ts'
import { fix } from './fixes.ts'
import type { GitSettingFact, Observation } from './observation.ts'
import { commandLine, pathWord } from './remedy.ts'

/** `git: http.sslcainfo=/opt/old/ca.pem (~/.gitconfig:12)`, one line for each. */
export function gitSettingLines({ gitSettings = [] }: Observation): readonly EvidenceLine[] {
  return gitSettings.slice(0, MOST).map((setting) => ({ text: `git: ${settingWords(setting)}`, source: 'environment', ref: null }))
}

/** Take a setting of this name out of the file that has it; none where no file is known, or its path or key cannot be written safely. */
export function takeBackFixes(name: string, { gitSettings = [] }: Observation, parts: Pick<Fix, 'title' | 'checkedHow'>): readonly Fix[] {
  return gitSettings
    .filter(({ key }) => key.endsWith(`.${name.toLowerCase()}`))
    .flatMap((setting): readonly Fix[] => {
      const { key, value, file, place } = setting
      if (file === null || pathWord(file) !== file || !SAFE_KEY.test(key)) return []
      const sudo = file.startsWith('/etc/') ? ['sudo'] : []
      const undo = pathWord(value) === value ? [commandLine([...sudo, 'git', 'config', '--file', file, key, value])] : []
      return [
        fix({
          ...parts,
          title: `${parts.title}: ${shown(place ?? file)} sets ${shown(key)}`,
          scope: sudo.length === 0 ? 'this-user' : 'this-machine',
          commands: [commandLine([...sudo, 'git', 'config', '--file', file, '--unset-all', key])],
          undo,
        }),
      ]
    })
}

/** "http.proxy=http://gw.example:3128 (~/.gitconfig:3)" */
export function settingWords({ key, value, place }: GitSettingFact): string {
  return `${shown(key)}=${shown(value)}${place === null ? '' : ` (${shown(place)})`}`
}

const MOST = 4
/** `http.NAME` or `http.URL.NAME`, the URL of plain characters. */
const SAFE_KEY = /^http\.(?:https?:\/\/[A-Za-z0-9._~:/*@-]+\.)?[a-z]+$/
