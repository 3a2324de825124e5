/** `whytls retry`: what failed is fetched again, and nothing of the user's is changed by it. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { inFreshFolder } from './go.ts'
import { endWhytls, resolveOptions, userEnvironment } from './live.ts'

describe('whytls retry', () => {
  it('says that it is repaired once it is, and that nothing has changed before', async () => {
    await inFreshFolder(async (home) => {
      const origin = await LAB_CASES.ok.up({ now: new Date(), folder: home, port: 0 })
      try {
        const env = await userEnvironment(origin, home)
        const broken = { ...env, SSL_CERT_FILE: '/nonexistent.pem' }
        const resolve = resolveOptions(origin)
        const run = await endWhytls(['run', ...resolve, '--', 'go', 'mod', 'download', origin.module], { env: broken, cwd: home })
        expect(run.code).toBe(1)
        const still = await endWhytls(['retry', '--with', '0', ...resolve], { env: broken, cwd: home })
        expect(still.code).toBe(1)
        expect(still.stderr).toMatch(/^tried +go mod download lab\.whytls\.test\/hello@v1\.0\.0, nothing changed\nbefore +run 1: /m)
        expect(still.stderr).toMatch(/^so +nothing has changed$/m)
        const kept = readdirSync(home)
        const repaired = await endWhytls(['retry', '1', '--with', '0', ...resolve], { env, cwd: home })
        expect(repaired.stderr).toMatch(/^so +it is repaired: nothing needs to be changed$/m)
        expect(repaired.code).toBe(0)
        expect(readdirSync(home)).toEqual(kept)
        expect(readdirSync(join(env['GOMODCACHE'] ?? '', '..'))).not.toContain('lab.whytls.test')
      } finally {
        await origin.close()
      }
    })
  })
  it('without a failed run says how to make one', async () => {
    await inFreshFolder(async (home) => {
      const { code, stderr } = await endWhytls(['retry'], {
        env: { PATH: '/usr/bin:/bin', HOME: home, WHYTLS_HOME: join(home, 'w') },
        cwd: home,
      })
      expect(code).toBe(2)
      expect(stderr).toContain('no failed run is stored')
    })
  })
})
