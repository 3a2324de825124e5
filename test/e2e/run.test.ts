/**
 * The lab is what it claims to be: go alone, in every version, says of each case what `texts.ts` says. And `whytls run -- go mod download`: go
 * stays go, and stage, leg, cause and go's words are right.
 */
import { describe, expect, it } from 'vitest'
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import type { Document } from '../../src/contract/document.ts'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { runBesidePlain } from './beside-plain.ts'
import { splitReport } from './fidelity.ts'
import { type CommandResult, listToolchains } from './go.ts'
import { noteAnswer } from './grade.ts'
import { expectationOf, expectedExitCode, rowsOfAll } from './rows.ts'
import { startAll } from './scenario.ts'
import { expectedStderr, GO_TEXTS } from './texts.ts'
import { firstDiagnosis } from './whytls.ts'

const rows = rowsOfAll(listToolchains())
const ran = startAll(rows, (row) => runBesidePlain(row))

describe.each(listToolchains())('go $version', ({ version }) => {
  for (const row of rows.filter(({ toolchain }) => toolchain.version === version)) {
    const { cause, leg, stage } = expectationOf(row)

    it(`alone says of ${row.labCase.id} what its table says`, async () => {
      const { origin, plain } = (await ran.get(row)) ?? expect.fail('it was not run')
      const id = cause === 'ok' ? 'ok' : row.labCase.id
      expect(plain.stderr).toMatch(expectedStderr(GO_TEXTS[id] ?? expect.fail(`texts.ts has no row ${id}`), origin, version))
      expect(plain.exitCode).toBe(expectedExitCode(row))
    })

    it(`through whytls run, ${row.labCase.id}: ${cause} at ${stage ?? 'no stage'} of ${leg ?? 'no leg'}, go's words untouched`, async () => {
      const { origin, result, document, plain, twin } = (await ran.get(row)) ?? expect.fail('it was not run')
      const { go, report } = splitReport(result.stderr)
      const found = firstDiagnosis(document)
      noteAnswer({ mode: 'run', version, id: row.labCase.id }, expectationOf(row), found)
      expect({ cause: found?.cause ?? 'ok', leg: found?.leg ?? null, stage: found?.stage ?? null }).toEqual({ cause, leg, stage })
      expect(document.diagnoses.slice(1)).toEqual([])
      expect(normaliseGoText(go)).toBe(twin)
      expect(result.exitCode).toBe(exitCodeOf(plain))
      expect(report).toMatch(cause === 'ok' ? /^$/ : new RegExp(`^(?:error|possibly.*)\\[${cause}\\]`, 's'))
      expect(found?.evidence.map(({ text }) => text).join('\n') ?? '').not.toContain('please report')
      // Of what go tries for ever it says nothing.
      if (found === undefined || go === '') return
      expect(found.goText?.source).toBe('stderr')
      expect(go).toContain(found.goText?.text.split('\n')[0])
      if (stage === 'certificate') expect(chainsOf(document, found)).toEqual(chainsThatCameOf(origin))
    })
  }
})

/** A shell's word for a command that Ctrl-C ended is 130. */
function exitCodeOf(result: CommandResult): number {
  return result.exitCode ?? 130
}

/** SHA-256 lists of the chains that were seen in the handshakes of a diagnosis, each different one once. */
function chainsOf(document: Document, diagnosis: Diagnosis): readonly (readonly string[])[] {
  const seen = document.handshakes
    .filter(({ id }) => diagnosis.handshakes.includes(id))
    .map((handshake) => (diagnosis.leg === 'parent' ? (handshake.parentTls?.certificates ?? null) : handshake.certificates))
  const chains = seen.map((certificates) => (certificates?.chain ?? []).map(({ sha256 }) => sha256))
  return [...new Map(chains.map((chain) => [chain.join(), chain])).values()]
}

/** What the server sent, in order; an origin that stopped before its certificates sent none. */
function chainsThatCameOf(origin: LabOrigin): readonly (readonly string[])[] {
  return [origin.host.startsWith('peer-') ? [] : origin.served]
}
