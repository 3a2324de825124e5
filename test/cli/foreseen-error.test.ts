import { describe, expect, it } from 'vitest'
import { explainForeseen } from '../../src/cli/foreseen-error.ts'
import { Problem } from '../../src/cli/problem.ts'
import { storeError } from '../../src/store/error.ts'

function systemError(syscall: string, code: string): Error {
  return Object.assign(new Error(`${code}: some reason, ${syscall}`), { syscall, code })
}

describe('an error that may come up anywhere', () => {
  it.each([
    ['uv_cwd', 'ENOENT', 'no-folder', 'cd '],
    ['mkdtemp', 'EACCES', 'no-temporary-folder', 'TMPDIR'],
    ['listen', 'EADDRNOTAVAIL', 'no-loopback', 'loopback'],
    ['write', 'ENOSPC', 'disk-full', 'free some space'],
    ['open', 'EMFILE', 'too-many-files', 'ulimit'],
  ])('%s %s says what and what to do', (syscall, code, name, fix) => {
    const problem = explainForeseen(systemError(syscall, code), 125)
    expect(problem?.code).toBe(name)
    expect(problem?.fix).toContain(fix)
    expect(problem?.message).toContain(code)
    expect(problem?.exitCode).toBe(125)
  })
  it('is told as the store words it when it is of the database', () => {
    expect(explainForeseen(storeError('busy', '/x/whytls.db'))).toMatchObject({ code: 'store-busy', exitCode: 2 })
  })
  it('stays what it is when it is a problem already, and unknown when it is a defect', () => {
    const problem = new Problem('usage', 'x', null, 2)
    expect(explainForeseen(problem)).toBe(problem)
    expect(explainForeseen(new TypeError('x'))).toBeNull()
    expect(explainForeseen(systemError('connect', 'ECONNREFUSED'))).toBeNull()
    expect(explainForeseen('x')).toBeNull()
  })
})
