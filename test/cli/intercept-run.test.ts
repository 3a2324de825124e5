import { describe, expect, it } from 'vitest'
import { EXIT } from '../../src/cli/exit-code.ts'
import { refuseWhereGoAsksTheSystem } from '../../src/cli/intercept-run.ts'
import { Problem } from '../../src/cli/problem.ts'

describe('run --intercept', () => {
  it.each(['darwin', 'win32'] as const)('refuses on %s, where go reads no variable, with the way that works there', (platform) => {
    const refusal = caught(() => refuseWhereGoAsksTheSystem(platform))
    expect(refusal).toBeInstanceOf(Problem)
    expect(refusal).toMatchObject({
      exitCode: EXIT.ownFailure,
      fix: expect.stringMatching(/ca init.*ca trust.*serve --intercept.*ca untrust/),
    })
    expect(EXIT.ownFailure).toBe(125)
  })

  it.each(['linux', 'freebsd', 'openbsd'] as const)('needs no set-up on %s', (platform) => {
    expect(caught(() => refuseWhereGoAsksTheSystem(platform))).toBeNull()
  })
})

function caught(action: () => void): unknown {
  try {
    action()
    return null
  } catch (error) {
    return error
  }
}
