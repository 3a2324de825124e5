/** Compares two handshakes: what differs, and what of it matters. Pure. */
import type { ComparedRow, ComparedSection, ComparedSide, Comparison } from '../contract/comparison.ts'
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Run } from '../contract/document.ts'
import type { Handshake } from '../contract/handshake.ts'
import { saysLess } from '../diagnosis/diagnose.ts'
import { probeCommand } from '../diagnosis/remedy.ts'
import { counted, inTime } from '../diagnosis/units.ts'
import { answerFields, chainFields, type FieldOf, helloFields, outcomeFields, routeFields, settingFields } from './compare-fields.ts'
import { targetOf } from './words.ts'

/** One side: a handshake with what belongs to it. */
export interface CompareInput {
  readonly handshake: Handshake
  readonly diagnosis: Diagnosis | null
  readonly run: Run | null
}

/** Lay both sides beside each other and say what follows. */
export function compareHandshakes(a: CompareInput, b: CompareInput): Comparison {
  const decisive = decisiveField(a, b) ?? decisiveField(b, a)
  const section = (title: string, fields: readonly FieldOf[], isInput: boolean): ComparedSection => ({
    title,
    rows: fields
      .map(([field, read]) => compareField(field, read(a), read(b), isInput, decisive))
      .filter(({ a: x, b: y }) => x !== '' || y !== ''),
  })
  const sections = [
    section('Outcome', outcomeFields, false),
    section('What go sent', helloFields, true),
    section('What the server sent', answerFields, false),
    section('Chain', chainFields, false),
    section('Route', routeFields, true),
    section('Environment', settingFields, true),
  ].filter(({ rows }) => rows.length > 0)
  const inputs = sections.flatMap(({ rows }) => rows).filter(({ isInput, differs }) => isInput && differs)
  const found = inputs.find(({ matters }) => matters)
  const reason = knownReason(a) ?? knownReason(b)
  const isOpen = found === undefined && reason === undefined && a.handshake.outcome !== b.handshake.outcome && inputs.length > 0
  return {
    title: titleOf(inputs, found?.field, reason, a, b),
    lead: leadOf(a, b, found),
    a: sideOf(a),
    b: sideOf(b),
    sections,
    command: isOpen ? bisectOf(a, b) : null,
  }
}

function compareField(field: string, a: string, b: string, isInput: boolean, decisive: string | undefined): ComparedRow {
  const differs = a !== b
  return { field, a: a === '' ? 'none' : a, b: b === '' ? 'none' : b, differs, isInput, matters: differs && field === decisive }
}

/** Causes that a probe with one change has shown, by the field that the change lies in. */
const DECISIVE: Readonly<Record<string, string>> = {
  'client-hello-too-large': 'ClientHello size',
  'sni-filtered': 'SNI',
  'tls13-intolerant': 'Versions',
  'no-common-cipher': 'Cipher suites',
  'no-common-group': 'Groups',
  'alpn-mismatch': 'ALPN',
  'client-roots-missing': 'Roots',
}

/** What decides at every host. */
const EVERYWHERE: ReadonlySet<string> = new Set(['SNI', 'Roots'])

/** What was shown to break `failed`, where `passed` is one that the same change lets pass: another host has another path and another server. */
function decisiveField(failed: CompareInput, passed: CompareInput): string | undefined {
  const field = isShown(failed.diagnosis) ? DECISIVE[failed.diagnosis.cause] : undefined
  if (field === undefined || passed.handshake.outcome !== 'passed') return undefined
  if (!EVERYWHERE.has(field) && targetOf(failed.handshake) !== targetOf(passed.handshake)) return undefined
  return field !== 'ClientHello size' || isSmallEnough(failed.handshake, passed.handshake) ? field : undefined
}

/** No larger than a changed copy that was answered; where another attempt has the copies, than a segment. */
function isSmallEnough({ trials }: Handshake, { clientHello }: Handshake): boolean {
  const answered = trials.filter(({ results }) => results.includes('passed')).map(({ wireBytes }) => wireBytes)
  return clientHello !== null && clientHello.wireBytes <= (trials.length === 0 ? SEGMENT_BYTES : Math.max(0, ...answered))
}

/** What a TCP segment over Ethernet and IPv4 holds. */
const SEGMENT_BYTES = 1_460

/** The cause of a failure that no input of the client decides (a certificate, for instance). */
function knownReason({ diagnosis }: CompareInput): string | undefined {
  return isShown(diagnosis) && !saysLess(diagnosis.cause) ? diagnosis.title : undefined
}

function isShown(diagnosis: Diagnosis | null): diagnosis is Diagnosis {
  return diagnosis !== null && (diagnosis.confidence === 'certain' || diagnosis.confidence === 'high')
}

function titleOf(
  inputs: readonly ComparedRow[],
  field: string | undefined,
  reason: string | undefined,
  a: CompareInput,
  b: CompareInput,
): string {
  const one = inputs.length === 1
  const differ = inputs.length === 0 ? 'No input differs.' : `${counted(inputs.length, 'input')} ${one ? 'differs' : 'differ'}.`
  if (field !== undefined) return `${differ} ${one ? 'It matters' : 'Only one matters'}: ${field}.`
  if (a.handshake.outcome === b.handshake.outcome) return `${differ} Both ${a.handshake.outcome}.`
  if (reason !== undefined) return `${differ} The reason is known: ${reason}.`
  return inputs.length === 0 ? `${differ} The answers do.` : `${differ} Not yet known which one matters.`
}

function leadOf(a: CompareInput, b: CompareInput, found: ComparedRow | undefined): string {
  const hosts = targetOf(a.handshake) === targetOf(b.handshake) ? 'Same host' : 'Different hosts'
  const routes = routeFields.every(([, read]) => read(a) === read(b)) ? 'same route' : 'different routes'
  const apart = Math.abs(Date.parse(a.handshake.startedAt) - Date.parse(b.handshake.startedAt))
  const shown = found === undefined ? '' : ` It was shown that ${found.field} decides: see the diagnosis of the failed one.`
  return `${hosts}, ${routes}, ${inTime(apart)} apart.${shown}`
}

function bisectOf(a: CompareInput, b: CompareInput): string {
  const failed = a.handshake.outcome === 'failed' ? a : b
  const { host, port } = failed.handshake.target
  return probeCommand(host, port, '--bisect')
}

function sideOf({ handshake: { id, outcome, startedAt } }: CompareInput): ComparedSide {
  return { id, outcome, startedAt }
}
