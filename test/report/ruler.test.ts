import { describe, expect, it } from 'vitest'
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import type { Handshake } from '../../src/contract/handshake.ts'
import { drawRuler } from '../../src/report/ruler.ts'

const UTF8 = { columns: 80, colour: false, unicode: true, plain: false }

function draw(clock: string, moment: string | undefined, style = UTF8): readonly string[] {
  const evidence = [{ text: 'x', source: 'clock', ref: null, ...(moment === undefined ? {} : { moment }) }]
  const chain = [{ notBefore: '2026-10-06T08:35:55.000Z', notAfter: '2027-01-04T08:35:54.000Z' }]
  return drawRuler({ evidence } as unknown as Diagnosis, { startedAt: clock, certificates: { chain } } as unknown as Handshake, style)
}

describe('the ruler of validity', () => {
  it('shows a clock that is ahead at the right', () => {
    expect(draw('2027-11-22T13:44:02.000Z', '2026-11-22T13:44:02.000Z')).toEqual([
      '6 Oct 26 ├─────── valid ───────┤ 4 Jan 27        ┆',
      '                     ▲ true time                 ▲ your clock',
    ])
  })

  it('shows a clock that is behind at the left, in ASCII where nothing else can be drawn', () => {
    expect(draw('2026-05-17T10:34:00.000Z', '2026-12-30T13:44:02.000Z', { ...UTF8, unicode: false })).toEqual([
      ':       6 Oct 26 |------- valid -------| 4 Jan 27',
      '^ your clock                          ^ true time',
    ])
  })

  it('is left out where no true time is told, and where the clock lies within the validity', () => {
    expect(draw('2027-11-22T13:44:02.000Z', undefined)).toEqual([])
    expect(draw('2026-11-22T13:44:02.000Z', '2026-11-22T13:44:02.000Z')).toEqual([])
  })
})
