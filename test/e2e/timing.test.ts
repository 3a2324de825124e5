/** How soon `run` starts its command, and how soon its block follows go's end. Bounds are for a busy machine; the figures are printed. */
import { describe, expect, it } from 'vitest'
import { certExpired } from '../../src/lab/cases/cert-expired.ts'
import { inFreshFolder } from './go.ts'
import { startWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

describe('whytls run', () => {
  it('starts its command soon', async () => {
    await withOrigin(certExpired, (origin) =>
      inFreshFolder(async (home) => {
        const env = await userEnvironment(origin, home)
        const startedAt = performance.now()
        const live = startWhytls(['run', '--no-report', '--', 'echo', 'first octet'], { env, cwd: home })
        await live.until(/first octet/)
        const tookMs = performance.now() - startedAt
        console.info(`start of run to the first octet of its command: ${tookMs.toFixed(0)} ms (aim: under 500 on an idle machine)`)
        expect(tookMs).toBeLessThan(5_000)
        expect((await live.ended).code).toBe(0)
      }),
    )
  })
  it('says soon after go’s end what is wrong with a certificate', async () => {
    await withOrigin(certExpired, (origin) =>
      inFreshFolder(async (home) => {
        const script = `go mod download ${origin.module}; code=$?; echo "go has ended" >&2; exit $code`
        const live = startWhytls(['run', '--', 'sh', '-c', script], { env: await userEnvironment(origin, home), cwd: home })
        await live.until(/go has ended/)
        const goEndedAt = performance.now()
        await live.until(/error\[cert-expired\]/)
        const tookMs = performance.now() - goEndedAt
        console.info(`end of go to the block: ${tookMs.toFixed(0)} ms (aim: under 1500)`)
        expect(tookMs).toBeLessThan(6_000)
        expect((await live.ended).code).toBe(1)
      }),
    )
  })
})
