/** How good an answer is: right, honest but shallower, or wrong. The same measure for every mode, noted for docs/ACCURACY.md. */
import { appendFileSync } from 'node:fs'
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import type { LabExpectation } from '../../src/lab/case.ts'

export type Grade = 'right' | 'shallower' | 'wrong'
export type Mode = 'run' | 'no-witness' | 'serve' | 'no-probe'

/** Causes that say less about the same, truly: what is claimed where the deeper sign could not be seen. */
const SAYS_LESS: Readonly<Record<string, readonly string[]>> = {
  'missing-intermediate': ['unknown-authority'],
  'inspection-ca-untrusted': ['unknown-authority', 'cert-self-signed'],
  'client-roots-missing': ['unknown-authority'],
  'client-clock-wrong': ['cert-expired', 'cert-not-yet-valid', 'intermediate-expired', 'root-expired'],
  'captive-portal': [
    'cert-name-mismatch',
    'unknown-authority',
    'cert-self-signed',
    'invalid-module-response',
    'proxy-forbidden',
    'proxy-not-http',
  ],
  'proxy-scheme-wrong': ['proxy-not-http', 'proxy-closed', 'proxy-reset'],
  'client-cert-required': ['http-400'],
  // A page that a filter sends in place of the host.
  'sni-filtered': ['plain-http-on-tls-port', 'not-tls'],
}

/** Compare what was told with what is true. Nothing said of a failure is shallow; anything said of a sound connection is wrong. */
export function gradeAnswer(expected: LabExpectation, told: Diagnosis | undefined): Grade {
  if (expected.cause === 'ok') return told === undefined ? 'right' : 'wrong'
  if (told === undefined) return 'shallower'
  if (told.cause === expected.cause) return told.leg === expected.leg && told.stage === expected.stage ? 'right' : 'wrong'
  if (told.cause.startsWith('peer-') || told.cause.startsWith('alert-')) return 'shallower'
  if (SAYS_LESS[expected.cause]?.includes(told.cause) === true) return 'shallower'
  const isOpen = told.confidence === 'likely' || told.confidence === 'possible'
  return isOpen && told.alsoPossible.some(({ cause }) => cause === expected.cause) ? 'shallower' : 'wrong'
}

export interface Answer {
  readonly mode: Mode
  readonly version: string
  /** Of the lab case. */
  readonly id: string
  readonly cause: string
  readonly told: string
  readonly grade: Grade
  /** go's own words, null where it printed none about this connection. */
  readonly goText: string | null
}

/** Grade an answer and note it in the file that scripts/test.mjs gathers. */
export function noteAnswer(about: Pick<Answer, 'mode' | 'version' | 'id'>, expected: LabExpectation, told: Diagnosis | undefined): Grade {
  const grade = gradeAnswer(expected, told)
  const answer: Answer = { ...about, cause: expected.cause, told: told?.cause ?? 'ok', grade, goText: told?.goText?.text ?? null }
  const file = process.env['WHYTLS_ANSWERS']
  if (file !== undefined) appendFileSync(file, `${JSON.stringify(answer)}\n`)
  return grade
}
