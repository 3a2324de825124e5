import { describe, expect, it } from 'vitest'
import { type CompareInput, compareHandshakes } from '../../src/report/compare.ts'
import { describeComparison } from '../../src/report/diff-text.ts'
import { CLIENT_HELLO, completed, serverHello } from '../diagnosis/observation-builders.ts'
import { diagnosisOf, handshakeOf, SEEN } from './samples.ts'

const STYLE = { columns: 80, colour: false, unicode: true, plain: false }
const SMALL = {
  ...CLIENT_HELLO,
  wireBytes: 300,
  supportedGroups: CLIENT_HELLO.supportedGroups.slice(1),
  keyShares: CLIENT_HELLO.keyShares.slice(1),
}

const PASSED: CompareInput = {
  handshake: handshakeOf(completed(), {
    id: 421,
    startedAt: '2026-11-22T13:44:08.000Z',
    clientHello: SMALL,
    serverHello: serverHello(),
    outcome: 'passed',
    route: SEEN.silent.route,
  }),
  diagnosis: null,
  run: null,
}

function silent(parts: Partial<ReturnType<typeof diagnosisOf>> = {}): CompareInput {
  return { handshake: handshakeOf(SEEN.silent, { outcome: 'failed' }), diagnosis: diagnosisOf(SEEN.silent, parts), run: null }
}

describe('a comparison', () => {
  it('counts the inputs that differ, and says that it is not known which one matters, with the command that finds out', () => {
    const { title, lead, command } = compareHandshakes(silent(), PASSED)
    expect(title).toBe('3 inputs differ. Not yet known which one matters.')
    expect(lead).toBe('Same host, same route, 6.0 s apart.')
    expect(command).toBe('whytls probe modproxy.example --bisect')
  })
  it('names the one that was shown to matter', () => {
    const shown = silent({ cause: 'client-hello-too-large', confidence: 'high' })
    const { title, command, sections } = compareHandshakes(shown, PASSED)
    expect(title).toBe('3 inputs differ. Only one matters: ClientHello size.')
    expect(command).toBeNull()
    expect(sections.flatMap(({ rows }) => rows).filter(({ matters }) => matters)).toMatchObject([
      { field: 'ClientHello size', a: '1,526 bytes', b: '300 bytes' },
    ])
  })
  it('does not say that a size matters which passed with less than was dropped elsewhere, or where neither passed', () => {
    const trials = [{ change: 'no ML-KEM', wireBytes: 306, results: ['passed' as const], medianMs: 40 }]
    const shown = silent({ cause: 'client-hello-too-large', confidence: 'high' })
    const tried: CompareInput = { ...shown, handshake: { ...shown.handshake, trials } }
    const passedWith = (wireBytes: number, host = 'modproxy.example'): CompareInput => ({
      ...PASSED,
      handshake: { ...PASSED.handshake, target: { ...PASSED.handshake.target, host }, clientHello: { ...SMALL, wireBytes } },
    })
    const titleBeside = (other: CompareInput): string => compareHandshakes(tried, other).title
    expect(titleBeside(passedWith(300))).toContain('Only one matters: ClientHello size.')
    expect(compareHandshakes(passedWith(300), tried).title).toContain('Only one matters: ClientHello size.')
    expect(titleBeside(passedWith(1_524))).not.toContain('matters')
    expect(titleBeside(passedWith(300, 'other.example'))).not.toContain('matters')
    expect(titleBeside({ ...passedWith(300), handshake: { ...passedWith(300).handshake, outcome: 'failed' } })).not.toContain('matters')
  })
  it('does not blame an input where the chain is the reason', () => {
    const refused: CompareInput = {
      handshake: handshakeOf(SEEN.expired, { outcome: 'failed' }),
      diagnosis: diagnosisOf(SEEN.expired, { confidence: 'certain' }),
      run: null,
    }
    expect(compareHandshakes(refused, PASSED).title).toContain('The reason is known: the certificate of modproxy.example expired')
  })
  it('of a handshake with itself finds nothing', () => {
    const { title, sections } = compareHandshakes(PASSED, PASSED)
    expect(title).toBe('No input differs. Both passed.')
    expect(sections.flatMap(({ rows }) => rows).filter(({ differs }) => differs)).toEqual([])
  })
  it('is drawn in columns of 80 cells, equal fields only when asked for', () => {
    const text = describeComparison(compareHandshakes(silent(), PASSED), false, STYLE)
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80)
    expect(text).toMatch(/^\* ClientHello size +1,526 bytes +300 bytes$/m)
    expect(text).not.toContain('SNI')
    expect(describeComparison(compareHandshakes(silent(), PASSED), true, STYLE)).toContain('SNI')
  })
})
