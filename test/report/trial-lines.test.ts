import { describe, expect, it } from 'vitest'
import type { Trial } from '../../src/contract/handshake.ts'
import { describeTrials } from '../../src/recorder/trials.ts'
import type { Style } from '../../src/report/style.ts'
import { trialTable, tryLine } from '../../src/report/trial-lines.ts'
import { trial } from '../diagnosis/observation-builders.ts'

const STYLE: Style = { columns: 80, colour: false, unicode: true, plain: false }
const ASCII: Style = { ...STYLE, unicode: false }
const TRIALS = describeTrials([
  trial('unchanged', '- - -', 1526, 'silence'),
  trial('no ML-KEM', 'ok ok ok', 300),
  trial('no ML-KEM, padded', '- - -', 1526, 'silence'),
  trial('another server name', '-', 1526, 'alert'),
])

describe('the table of trials', () => {
  it('has a line for each change and points at the first that always passes', () => {
    expect(trialTable(TRIALS, STYLE, 12_300)).toEqual([
      'bisect: what makes it pass? 10 tries, 12.3 s',
      '  as go does it              1,526 B  ✕ ✕ ✕  no answer, 2.0 s',
      '  no ML-KEM                    300 B  ✓ ✓ ✓  41 ms              <- first change that works',
      '  no ML-KEM, padded          1,526 B  ✕ ✕ ✕  no answer, 2.0 s',
      '  another server name        1,526 B  ✕      alert handshake failure, 3.0 ms',
    ])
  })

  it('has words for signs in ASCII', () => {
    expect(trialTable(TRIALS, ASCII)[1]).toBe('  as go does it              1,526 B  FAIL FAIL FAIL  no answer, 2.0 s')
  })

  it('points at nothing where the unchanged hello passes too', () => {
    const flaky = describeTrials([trial('unchanged', '- ok'), trial('no ML-KEM', 'ok ok ok', 300)])
    expect(trialTable(flaky, STYLE).join('\n')).not.toContain('<-')
  })

  it('shows what an older whytls stored, which says less', () => {
    const old: Trial = { change: 'no ML-KEM', wireBytes: 300, results: ['failed'], medianMs: null }
    expect(trialTable([old], STYLE)[1]).toBe('  no ML-KEM                    300 B  ✕')
  })

  it('lets no control character of a stored row out', () => {
    const evil: Trial = { change: 'x\u001b[2J', wireBytes: 1, results: ['failed'], medianMs: 1, met: 'alert \u001b]0;x\u0007' }
    expect(trialTable([evil], STYLE).join('')).not.toMatch(/[\u001b\u0007]/)
  })
})

it('a try is one line as it ends', () => {
  expect(tryLine({ change: 'no ALPN', wireBytes: 1508 }, { met: 'server-hello', alert: null, afterMs: 41 }, STYLE)).toBe(
    '  no ALPN                    1,508 B  ✓  41 ms',
  )
  expect(tryLine({ change: 'unchanged', wireBytes: 1526 }, { met: 'alert', alert: 'handshake_failure', afterMs: 3 }, STYLE)).toBe(
    '  as go does it              1,526 B  ✕  alert handshake failure, 3.0 ms',
  )
})

it('tries that did not reach the host count neither way', () => {
  expect(describeTrials([trial('no ML-KEM', 'ok - ok', 300, 'dial-failure')])[0]).toMatchObject({
    results: ['passed', 'passed'],
    met: 'server-hello',
  })
})
