import { describe, expect, it } from 'vitest'
import type { StageState } from '../../src/contract/handshake.ts'
import { STAGES } from '../../src/contract/terms.ts'
import { layTrack } from '../../web/stage-cells.ts'
import { paintTrack } from '../../web/track-paint.ts'

function track(failing: number) {
  const stages = STAGES.map((stage, at): StageState => {
    const status = at < failing ? 'passed' : at === failing ? 'failed' : 'not-reached'
    return { stage, leg: 'upstream', status, source: 'wire', atMs: null, durationMs: null }
  })
  return layTrack({ mode: 'observe', outcome: failing < STAGES.length ? 'failed' : 'passed', version: 'TLS 1.3', stages })
}

describe('the background of a track', () => {
  it('shows the failure as a cross at its column, larger than its neighbours', () => {
    expect(paintTrack(track(3)).cross).toEqual({ left: 30, top: 2, height: 22 })
    expect(paintTrack(track(STAGES.length)).cross).toBeNull()
  })
  it('has dashes only where something was not reached', () => {
    expect(paintTrack(track(3)).background).toContain('var(--line2)')
    expect(paintTrack(track(STAGES.length)).background).not.toContain('var(--line2)')
  })
  it('is made of colours of the theme alone, every stop behind the one before', () => {
    for (let failing = 0; failing <= STAGES.length; failing += 1) {
      for (const layer of paintTrack(track(failing)).background.split(/,(?=linear-gradient)/)) {
        const ends = [...layer.matchAll(/ 0 (\d+(?:\.\d+)?)%/g)].map(([, end]) => Number(end))
        expect(ends).toEqual([...ends].sort((a, b) => a - b))
        expect(layer).not.toMatch(/#(?!0000)[0-9a-f]/)
      }
    }
  })
})
