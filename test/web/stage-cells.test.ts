import { describe, expect, it } from 'vitest'
import { cellsAt, describeTrack, layTrack } from '../../web/stage-cells.ts'
import { sampleRow, sampleStages } from './samples.ts'

const at = (label: string, track: ReturnType<typeof layTrack>) =>
  cellsAt(
    track,
    track.columns.findIndex((column) => column.label === label),
  ).map((cell) => cell.status)

describe('layTrack', () => {
  it('spans TLS over all legs in observe mode, and the dial over each', () => {
    const track = layTrack(sampleRow({ stages: sampleStages('certificate', true) }))
    expect(track.columns).toHaveLength(10)
    expect(track.lanes.map((lane) => lane.leg)).toEqual(['client', 'parent', 'upstream'])
    expect(at('Client Hello', track)).toEqual(['passed'])
    expect(at('TCP', track)).toEqual(['passed', 'passed', 'absent'])
  })
  it('names the failing column and leg in words', () => {
    const track = layTrack(sampleRow({ stages: sampleStages('certificate') }))
    expect(describeTrack(track, 'failed')).toBe('fails at Certificate, leg upstream')
    expect(at('Certificate', track)).toEqual(['failed'])
    expect(at('Finished', track)).toEqual(['not-reached'])
  })
  it('counts EncryptedExtensions to the ServerHello, and never as seen in clear', () => {
    expect(at('Encrypted Extensions', layTrack(sampleRow({ stages: sampleStages('certificate') })))).toEqual(['hidden'])
    expect(at('Encrypted Extensions', layTrack(sampleRow({ stages: sampleStages('server-hello') })))).toEqual(['not-reached'])
  })
  it('has the columns of TLS 1.2 where that was spoken', () => {
    const track = layTrack(sampleRow({ version: 'TLS 1.2', stages: sampleStages(null) }))
    expect(track.columns.map((column) => column.label)).toContain('Server Key Exchange')
    expect(track.columns).toHaveLength(10)
  })
  it('waits at the first stage beyond go that has not passed', () => {
    const stages = sampleStages('client-hello').map((state) =>
      state.status === 'failed' ? { ...state, status: 'not-reached' as const } : state,
    )
    const track = layTrack(sampleRow({ outcome: 'open', stages }))
    expect(describeTrack(track, 'open')).toBe('waiting at Client Hello')
    expect(at('Server Hello', track)).toEqual(['not-reached'])
  })
  it('keeps both sessions apart in intercept mode', () => {
    const client = { stage: 'client-hello', leg: 'client', status: 'passed', source: 'wire', atMs: 1, durationMs: null } as const
    const upstream = { ...client, leg: 'upstream', status: 'failed' } as const
    const track = layTrack(sampleRow({ mode: 'intercept', stages: [client, upstream] }))
    expect(at('Client Hello', track)).toEqual(['passed', 'failed'])
    expect(track.failing?.leg).toBe('upstream')
  })
  it('has no lane of go for a probe', () => {
    expect(layTrack(sampleRow({ mode: 'probe' })).lanes.map((lane) => lane.leg)).toEqual(['upstream'])
  })
  it('says that all passed', () => {
    expect(describeTrack(layTrack(sampleRow()), 'passed')).toBe('all stages passed')
  })
})
