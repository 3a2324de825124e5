import { describe, expect, it } from 'vitest'
import { describeVersionSplit } from '../../src/diagnosis/go-versions.ts'

const NEGATIVE = 'x509: negative serial number'

describe('the sentence on go versions', () => {
  it('is left out where all versions agree, whatever their words', () => {
    expect(describeVersionSplit({ '1.21': 'passes', '1.22': 'passes' })).toBeNull()
    expect(describeVersionSplit({ '1.21': 'one text', '1.22': 'another text' })).toBeNull()
    expect(describeVersionSplit({})).toBeNull()
  })

  it('names the last version that works and the first that refuses', () => {
    expect(describeVersionSplit({ '1.22': 'passes', '1.23': 'passes', '1.24': NEGATIVE, '1.25': NEGATIVE })).toBe(
      'works until go 1.23, refused from go 1.24 on because "x509: negative serial number"',
    )
    expect(describeVersionSplit({ '1.21': NEGATIVE, '1.22': 'passes' })).toBe(
      'refused until go 1.21 because "x509: negative serial number"; works from go 1.22 on',
    )
    expect(describeVersionSplit({ '1.21': 'passes', '1.22': NEGATIVE, '1.23': 'passes' })).toBe(
      'works with go 1.21; refused with go 1.22 because "x509: negative serial number"; works with go 1.23',
    )
  })

  it('writes hostile text out', () => {
    expect(describeVersionSplit({ '1.21': 'passes', '1.22': 'x\u001b[2J' })).not.toContain('\u001b')
  })
})
