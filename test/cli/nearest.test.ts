import { describe, expect, it } from 'vitest'
import { nearestWord } from '../../src/cli/nearest.ts'

const COMMANDS = ['serve', 'run', 'probe', 'ls', 'show', 'export', 'parse', 'forget', 'lab', 'completion']

describe('the nearest word', () => {
  it.each([
    ['prob', 'probe'],
    ['rnu', 'run'],
    ['exprot', 'export'],
    ['Lab', 'lab'],
    ['complet', 'completion'],
  ])('to %s is %s', (mistyped, word) => {
    expect(nearestWord(mistyped, COMMANDS)).toBe(word)
  })
  it('is none where nothing is near', () => {
    expect(nearestWord('doctor', COMMANDS)).toBeUndefined()
    expect(nearestWord('', COMMANDS)).toBeUndefined()
    expect(nearestWord('run', [])).toBeUndefined()
  })
  it('is a longer name that holds the word', () => {
    expect(nearestWord('expired', ['ok', 'cert-expired'])).toBe('cert-expired')
  })
})
