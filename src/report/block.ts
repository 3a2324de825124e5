/** What one block on the terminal says, before it is drawn: all diagnoses of one cause together. */
import type { Diagnosis, Fix, LinuxFamily } from '../contract/diagnosis.ts'
import type { Handshake } from '../contract/handshake.ts'
import type { Shell } from '../diagnosis/remedy.ts'
import { counted } from '../diagnosis/units.ts'
import { drawRuler } from './ruler.ts'
import type { Style } from './style.ts'
import { type TrackRow, trackRows } from './track.ts'
import { routeOf, SOURCE_NAMES } from './words.ts'

export interface BlockInput {
  /** In the order of the taxonomy: most important first. */
  readonly diagnoses: readonly Diagnosis[]
  readonly handshakes: readonly Handshake[]
  readonly runId: number | null
  /** Fixes for other systems are left to `whytls show`. */
  readonly os: 'linux' | 'macos' | 'windows'
  readonly shell: Shell
  /** Of this machine; absent = not known, or not Linux. */
  readonly family?: LinuxFamily
  /** Only headline and fix. */
  readonly quiet?: boolean
  /** No `more` line: nothing is kept that could be shown. */
  readonly isNotStored?: boolean
}

export interface Block {
  readonly code: string
  readonly title: string
  readonly where: string
  readonly route: string
  readonly track: readonly TrackRow[]
  readonly why: string
  /** Drawn lines that stand under it and are never wrapped; [] for most causes. */
  readonly ruler: readonly string[]
  readonly evidence: readonly { readonly text: string; readonly source: string }[]
  readonly sureness: string
  readonly notChecked: string
  readonly fixes: readonly { readonly lead: string; readonly commands: readonly string[] }[]
  readonly notes: readonly string[]
  /** Sentence and command that tells two causes apart. */
  readonly alternatives: readonly { readonly text: string; readonly command: string }[]
  readonly more: string
  /** Commands for what comes next, each with what it does. */
  readonly next: readonly { readonly command: string; readonly does: string }[]
}

const MOST_FIXES = 2
const MOST_HOSTS = 3

/** One block for each cause, in order of first appearance. */
export function gatherBlocks(input: BlockInput, style: Style): readonly Block[] {
  const groups = new Map<string, Diagnosis[]>()
  for (const diagnosis of input.diagnoses) {
    const group = groups.get(diagnosis.cause)
    if (group === undefined) groups.set(diagnosis.cause, [diagnosis])
    else group.push(diagnosis)
  }
  return [...groups.values()].flatMap((group) => gatherBlock(group, input, style))
}

function gatherBlock(group: readonly Diagnosis[], input: BlockInput, style: Style): Block[] {
  const [first] = group
  if (first === undefined) return []
  const handshake = input.handshakes.find(({ id }) => first.handshakes.includes(id))
  const fixes = fixesFor(first.fixes, input)
  return [
    {
      code: first.cause,
      title: titleOf(group, first),
      where: whereOf(group),
      route: routeOf(handshake),
      track: trackRows(handshake, first, style),
      why: first.why,
      ruler: drawRuler(first, handshake, style),
      evidence: first.evidence.map(({ text, source }) => ({ text, source: SOURCE_NAMES[source] })),
      sureness: surenessOf(group, first),
      notChecked: first.notChecked.join('; '),
      fixes: fixes.map(describeFix),
      notes: notesOf(first, fixes),
      alternatives: alternativesOf(first),
      more: input.isNotStored || first.handshakes[0] === undefined ? '' : `whytls show ${first.handshakes[0]}`,
      next: nextSteps(first, fixes, input),
    },
  ]
}

function titleOf(group: readonly Diagnosis[], first: Diagnosis): string {
  const others = hostsOf(group).length - 1
  const more = others > 0 ? `, and ${counted(others, 'more host')}` : ''
  return `${first.confidence === 'possible' ? 'possibly: ' : ''}${first.title}${more}`
}

function whereOf(group: readonly Diagnosis[]): string {
  const hosts = hostsOf(group)
  if (hosts.length <= MOST_HOSTS) return hosts.join(', ')
  return `${hosts.slice(0, MOST_HOSTS).join(', ')} and ${hosts.length - MOST_HOSTS} more`
}

function hostsOf(group: readonly Diagnosis[]): readonly string[] {
  return [...new Set(group.map(({ host, port }) => (host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`)))]
}

function surenessOf(group: readonly Diagnosis[], first: Diagnosis): string {
  const handshakes = group.reduce((sum, { count }) => sum + count, 0)
  const hosts = hostsOf(group).length
  const several = handshakes > 1 ? `, ${counted(handshakes, 'handshake')}${hosts > 1 ? `, ${counted(hosts, 'host')}` : ''}` : ''
  return `${first.confidence}${several}`
}

/** The fixes for this system and shell, checked ones first, at most two. */
function fixesFor(fixes: readonly Fix[], input: BlockInput): readonly Fix[] {
  const isHere = ({ os, shell, families }: Fix) =>
    (os === 'any' || os === input.os) &&
    (shell === 'any' || shell === input.shell) &&
    (families === undefined || input.family === undefined || families.includes(input.family))
  const here = fixes.filter(isHere)
  return [...here.filter(({ checked }) => checked), ...here.filter(({ checked }) => !checked)].slice(0, MOST_FIXES)
}

function describeFix(fix: Fix): Block['fixes'][number] {
  const status = `(${fix.checked ? 'checked' : 'not checked'}${fix.checkedHow === '' ? '' : `: ${fix.checkedHow}`})`
  return { lead: `${status} ${fix.checked ? WHO[fix.who] : ''}${fix.title}`, commands: fix.commands }
}

function notesOf(first: Diagnosis, fixes: readonly Fix[]): readonly string[] {
  const vain = first.willNotHelp.map(({ setting }) => setting)
  const risks = fixes.flatMap(({ risk }) => (risk === null ? [] : [`Risk of the fix: ${risk}.`]))
  return [
    ...(vain.length === 0 ? [] : [`${listed(vain)} ${vain.length === 1 ? 'does' : 'do'} not repair this.`]),
    ...first.alsoTrue.map((sentence) => `Also true: ${sentence}.`),
    ...new Set(risks),
  ]
}

/** Alternatives that one command tells apart stand together. */
function alternativesOf({ alsoPossible }: Diagnosis): Block['alternatives'] {
  const tests = [...new Set(alsoPossible.map(({ test }) => test))]
  return tests.map((test) => {
    const causes = alsoPossible.filter((one) => one.test === test).map(({ cause }) => cause)
    return { text: `Also possible: ${causes.join(', ')}. To tell them apart:`, command: test }
  })
}

/** Whoever must act needs a text; where a fix is yours, the failed fetch can be tried again with it. */
function nextSteps({ handshakes }: Diagnosis, fixes: readonly Fix[], input: BlockInput): Block['next'] {
  const [id] = handshakes
  if (input.isNotStored || id === undefined) return []
  const canRetry = input.runId !== null && fixes.some(({ who }) => who === 'you')
  const isOthers = fixes.some(({ who }) => who !== 'you')
  return [
    ...(canRetry ? [{ command: 'whytls retry', does: 'fetch again what failed, to see a fix work' }] : []),
    ...(isOthers ? [{ command: `whytls report ${id}`, does: 'a masked text for those who must act' }] : []),
  ]
}

function listed(words: readonly string[]): string {
  const last = words.at(-1) ?? ''
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`
}

const WHO: Readonly<Record<Fix['who'], string>> = {
  you: '',
  'your-network': 'for your network team: ',
  'server-owner': "for the server's owner: ",
}
