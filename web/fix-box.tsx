/** What to do: one tab per way, the command with Copy, whether it was checked, how to take it back, and what will not help. */
import { useState } from 'preact/hooks'
import type { Diagnosis, Fix } from '../src/contract/diagnosis.ts'
import { CommandBox } from './command-box.tsx'
import { choose, chosenIn } from './router.ts'
import { capital } from './sentence.ts'
import { TabRow } from './tab-row.tsx'

interface FixProps {
  readonly fixes: readonly Fix[]
  readonly willNotHelp: Diagnosis['willNotHelp']
}

export function FixBox({ fixes, willNotHelp }: FixProps) {
  const [picked, pick] = useState(Math.max(0, Number(chosenIn('fix') ?? 1) - 1))
  const fix = fixes[Math.min(picked, fixes.length - 1)]
  if (fix === undefined && willNotHelp.length === 0) return null
  const labels = labelFixes(fixes)
  const pickAndLink = (at: number): void => {
    pick(at)
    choose('fix', at === 0 ? null : String(at + 1))
  }
  return (
    <div id="fix" data-testid="fix">
      {fix !== undefined && (
        <>
          <div class="bar">
            <h3 class="h4">Fix</h3>
            <CheckedBadge fix={fix} />
          </div>
          {fixes.length > 1 && <TabRow name="Ways to fix it" labels={labels} picked={fixes.indexOf(fix)} onPick={pickAndLink} />}
          <FixBody fix={fix} isTitled={fixes.length > 1 && labels.includes(capital(fix.title))} />
        </>
      )}
      {willNotHelp.length > 0 && (
        <p class="note">
          <b>Will not help: </b>
          {willNotHelp.map(({ setting, because }, at) => (
            <span key={setting}>
              {at > 0 && ' '}
              <code>{setting}</code>: {endWithStop(because)}
            </span>
          ))}
        </p>
      )}
    </div>
  )
}

function FixBody({ fix, isTitled }: { readonly fix: Fix; readonly isTitled: boolean }) {
  return (
    <>
      {!isTitled && <p class="fix-title">{endSentence(fix.title)}</p>}
      {fix.commands.length > 0 && <CommandBox commands={fix.commands} isPrimary={fix.who === 'you'} />}
      <p class="note">
        <b>{ACTORS[fix.who]}</b> {SCOPES[fix.scope]} {endSentence(fix.checkedHow)}
      </p>
      {fix.risk !== null && (
        <p class="note">
          <b>Mind: </b>
          {endSentence(fix.risk)}
        </p>
      )}
      {fix.undo.length > 0 && (
        <details class="undo">
          <summary>Undo</summary>
          <CommandBox commands={fix.undo} what="Undo command" />
        </details>
      )}
    </>
  )
}

function CheckedBadge({ fix }: { readonly fix: Fix }) {
  if (fix.checked) {
    return (
      <span class="badge ok" data-testid="checked">
        ✓ Checked
      </span>
    )
  }
  return (
    <span class="badge warn" data-testid="checked">
      Not re-checked yet
    </span>
  )
}

const LONGEST_LABEL = 40
const SHELLS: Readonly<Record<Fix['shell'], string>> = {
  bash: 'bash, zsh',
  fish: 'fish',
  powershell: 'PowerShell',
  cmd: 'cmd.exe',
  any: '',
}
const SYSTEMS: Readonly<Record<Fix['os'], string>> = { linux: 'Linux', macos: 'macOS', windows: 'Windows', any: '' }
const ACTORS: Readonly<Record<Fix['who'], string>> = {
  you: 'You can do this.',
  'your-network': 'Your network’s administrators must do this.',
  'server-owner': 'The server’s owner must do this.',
}
const SCOPES: Readonly<Record<Fix['scope'], string>> = {
  'this-command': 'For this command only.',
  'this-shell': 'For this shell.',
  'this-user': 'For your user.',
  'this-machine': 'For the whole machine.',
  server: '',
}

/** What the tabs are called: who must act where it is not you, else the system or shell where that tells them apart, else the title without what all share. */
function labelFixes(fixes: readonly Fix[]): readonly string[] {
  const places = fixes.map((fix) => [SYSTEMS[fix.os], SHELLS[fix.shell]].filter((part) => part !== '').join(', '))
  const titles = dropShared(fixes.map(({ title }) => title))
  return fixes.map((fix, at) => {
    const place = places[at] ?? ''
    const isUnique = place !== '' && places.indexOf(place) === places.lastIndexOf(place)
    const isAlone = fixes.filter(({ who }) => who === fix.who).length === 1
    if (fix.who !== 'you' && isAlone) return ACTOR_NAMES[fix.who]
    const short = shorten(titles[at] ?? fix.title)
    const isPlain = short.length <= LONGEST_LABEL && titles.indexOf(short) === titles.lastIndexOf(short)
    return isPlain || !isUnique ? capital(short) : place
  })
}

/** A long title up to its colon or bracket, where that is a name. */
function shorten(title: string): string {
  const [head = title] = title.split(/:\s| \(/)
  return title.length > LONGEST_LABEL && head.length <= LONGEST_LABEL ? head : title
}

/** Titles without the first words that a neighbour has, too ("add the CA to the store of …"), where something is left. */
function dropShared(titles: readonly string[]): readonly string[] {
  return titles.map((title) => {
    const shared = Math.max(0, ...titles.filter((other) => other !== title).map((other) => sharedWords(title, other)))
    const rest = title.split(' ').slice(shared).join(' ')
    return shared < FEWEST_SHARED || rest === '' ? title : rest
  })
}

const FEWEST_SHARED = 3

function sharedWords(a: string, b: string): number {
  const others = b.split(' ')
  const differs = a.split(' ').findIndex((word, at) => word !== others[at])
  return differs === -1 ? 0 : differs
}

const ACTOR_NAMES: Readonly<Record<Fix['who'], string>> = {
  you: 'You',
  'your-network': 'For your network’s team',
  'server-owner': 'For the server’s owner',
}

/** A sentence: capital first unless a name in small letters stands there, full stop last. */
function endSentence(text: string): string {
  return endWithStop(capital(text))
}

function endWithStop(text: string): string {
  return text === '' || /[.!?…:]$/.test(text) ? text : `${text}.`
}
