import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openKeyLog } from '../../src/cli/key-log.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-keylog-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('openKeyLog', () => {
  it('appends each line once, for its owner only', () => {
    const file = join(folder, 'keys')
    writeFileSync(file, 'of before\n', { mode: 0o644 })
    const write = openKeyLog(file)
    write({ records: [], secrets: ['A 1 2', 'B 1 3'] })
    write({ records: [], secrets: ['A 1 2'] })
    write(undefined)
    expect(readFileSync(file, 'utf8')).toBe('of before\nA 1 2\nB 1 3\n')
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })
  it('says at once when the file cannot be written', () => {
    expect(() => openKeyLog(join(folder, 'no', 'such'))).toThrow('the key log cannot be written')
  })
})
