/** A proxy that variables name and go does not use for this host: the direct way failed, which the proxy may have been meant to spare. */
import type { EvidenceLine, Fix } from '../contract/diagnosis.ts'
import { variableFix } from './fixes.ts'
import type { Observation, ProxySetting } from './observation.ts'
import { copyVariable, SHELLS } from './remedy.ts'
import { placesText, settingText } from './where-set.ts'

/** How go came to go direct; none where no variable names a proxy, or go used it. */
export function unreadProxyLines({ proxySetting, route }: Observation): readonly EvidenceLine[] {
  const words = proxySetting === undefined || route.length > 0 ? undefined : WORDS[proxySetting.reads]
  if (proxySetting === undefined || words === undefined) return []
  return [{ text: `${settingText(proxySetting)}: ${words}`, source: 'environment', ref: null }]
}

/** The same as a sentence for the explanation, with a blank in front; "" where there is nothing to say. */
export function unreadProxySentence({ proxySetting, route }: Observation): string {
  if (proxySetting === undefined || route.length > 0) return ''
  const { variable, reads } = proxySetting
  if (reads === 'bypassed') return ` ${variable} sends go past its proxy to this host; perhaps only the proxy can reach it.`
  if (reads !== 'not-read-by-go' && reads !== 'http-only') return ''
  return ` go went direct although ${variable} names a proxy: for https go reads HTTPS_PROXY alone.`
}

/** Let go use that proxy. */
export function unreadProxyFixes({ proxySetting, route }: Observation): readonly Fix[] {
  if (proxySetting === undefined || route.length > 0) return []
  const { variable, reads, wouldDo } = proxySetting
  if (reads === 'bypassed') return bypassFixes(proxySetting)
  if ((reads !== 'not-read-by-go' && reads !== 'http-only') || wouldDo !== true) return []
  return SHELLS.map((shell) =>
    variableFix(shell, {
      title: `let go use the proxy that ${variable} names`,
      commands: [copyVariable('HTTPS_PROXY', variable, shell)],
      unset: 'HTTPS_PROXY',
      checkedHow: `needs to be known whether this proxy is meant for modules too; then set HTTPS_PROXY where ${variable} is set${where(proxySetting)}`,
    }),
  )
}

function bypassFixes(setting: ProxySetting): readonly Fix[] {
  return SHELLS.map((shell) =>
    variableFix(shell, {
      title: `let go use its proxy for this host too: take the host out of ${setting.variable}`,
      commands: [copyVariable(setting.variable, null, shell)],
      env: { NO_PROXY: '', no_proxy: '' },
      checkedHow: `needs a second try; for one shell this empties ${setting.variable}${where(setting)}`,
    }),
  )
}

function where({ setAt }: ProxySetting): string {
  const places = placesText(setAt)
  return places === '' ? '' : ` (${places})`
}

const WORDS: Readonly<Partial<Record<ProxySetting['reads'], string>>> = {
  'not-read-by-go': 'curl and git read it, go does not (it reads HTTPS_PROXY), so go connected directly',
  'http-only': 'it counts for http:// addresses alone (https:// has HTTPS_PROXY), so go connected directly',
  bypassed: 'this host is in it, so go connected directly, past its proxy',
}
