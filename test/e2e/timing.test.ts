/** How soon `run` starts its command, and how soon its block follows go's end: figures that are printed, since a busy machine may take any time. */
import { describe, expect, it } from 'vitest'
import { certExpired } from '../../src/lab/cases/cert-expired.ts'
import { inFreshFolder } from './go.ts'
import { startWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

describe('whytls run', () => {
  it('starts its command and lets its octets through', async () => {
    await withOrigin(certExpired, (origin) =>
      inFreshFolder(async (home) => {
        const env = await userEnvironment(origin, home)
        const startedAt = performance.now()
        const live = startWhytls(['run', '--no-report', '--', 'echo', 'first octet'], { env, cwd: home })
        await live.until(/first octet/)
        const tookMs = performance.now() - startedAt
        console.info(`start of run to the first octet of its command: ${tookMs.toFixed(0)} ms (aim: under 500 on an idle machine)`)
        expect((await live.ended).code).toBe(0)
      }),
    )
  })
  it('says after go’s end, not before, what is wrong with a certificate', async () => {
    await withOrigin(certExpired, (origin) =>
      inFreshFolder(async (home) => {
        const script = `go mod download ${origin.module}; code=$?; echo "go has ended" >&2; exit $code`
        const live = startWhytls(['run', '--', 'sh', '-c', script], { env: await userEnvironment(origin, home), cwd: home })
        await live.until(/go has ended/)
        const goEndedAt = performance.now()
        await live.until(/error\[cert-expired\]/)
        const tookMs = performance.now() - goEndedAt
        console.info(`end of go to the block: ${tookMs.toFixed(0)} ms (aim: under 1500)`)
        const { code, stderr } = await live.ended
        expect(stderr.indexOf('go has ended')).toBeLessThan(stderr.indexOf('error[cert-expired]'))
        expect(code).toBe(1)
      }),
    )
  })
})
