/** git beside a `whytls serve` whose proxy was exported by hand: its failures are seen, and judged with the roots that git reads. */
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { inFreshFolder, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { firstDiagnosis, MAIN, serverEnvironment, startServer, stopServer } from './whytls.ts'

describe('git beside whytls serve', () => {
  it.each([
    ['an expired certificate', LAB_CASES['cert-expired'], 'cert-expired'],
    ['an authority that its own list lacks', LAB_CASES['unknown-authority'], 'unknown-authority'],
  ])('is told of %s', async (_what, labCase, cause) => {
    const document = await askByGit(labCase)
    expect(firstDiagnosis(document)).toMatchObject({ cause, leg: 'upstream', stage: 'certificate' })
    expect(document.diagnoses[0]?.evidence.some(({ text }) => /\bgit\b/.test(text))).toBe(true)
  })
})

function askByGit(labCase: LabCase): Promise<Document> {
  return withOrigin(labCase, (origin) =>
    inFreshFolder(async (home) => {
      const own = serverEnvironment(origin, home)
      const server = await startServer(own)
      const roots = origin.env['SSL_CERT_FILE']
      const env = {
        PATH: process.env['PATH'] ?? '',
        HOME: home,
        GIT_TERMINAL_PROMPT: '0',
        HTTPS_PROXY: server.proxy,
        ...(roots === undefined ? {} : { GIT_SSL_CAINFO: roots }),
      }
      const result = await runCommand(['git', 'ls-remote', `${origin.env['GOPROXY']}/team/lib.git`], { env, cwd: home })
      expect(result.exitCode).toBe(128)
      const exported = await runCommand([process.execPath, MAIN, 'export', '--json', '--wait'], { env: own, cwd: home })
      await stopServer(server.child)
      return JSON.parse(exported.stdout) as Document // the schema test of the contract checks this shape
    }),
  )
}
