/** `--trust FILE`: a CA that the user has becomes a fix that was tried, and go accepts the host with it. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'
import { inFreshFolder } from './go.ts'
import { endWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

const gitKnows = LAB_VARIANTS.find(({ id }) => id === 'inspection-ca-untrusted/git-knows')

describe('whytls run --trust', () => {
  it('makes a checked fix of the file that holds the missing CA', async () => {
    await withOrigin(gitKnows ?? expect.fail('the lab has no such case'), (origin) =>
      inFreshFolder(async (home) => {
        const { GIT_SSL_CAINFO: file = '', ...env } = await userEnvironment(origin, home)
        const argv = ['run', '--trust', file, '--json', join(home, 'out.json'), '--', 'go', 'mod', 'download', origin.module]
        const { code, stderr } = await endWhytls(argv, { env, cwd: home })
        expect(code).toBe(1)
        expect(stderr).toContain(`export SSL_CERT_FILE=${file}`)
        const { diagnoses } = JSON.parse(readFileSync(join(home, 'out.json'), 'utf8'))
        expect(diagnoses[0].fixes[0]).toMatchObject({
          checked: true,
          title: 'let go read the list of your file (--trust), which has this CA',
        })
      }),
    )
  })
  it('says what is wrong with a file that has no certificate', async () => {
    await inFreshFolder(async (home) => {
      const { code, stderr } = await endWhytls(['run', '--trust', 'none.pem', '--', 'go', 'version'], {
        env: { PATH: process.env['PATH'] ?? '', HOME: home, WHYTLS_HOME: join(home, 'w') },
        cwd: home,
      })
      expect(code).toBe(2)
      expect(stderr).toMatch(/^error\[trust\]: none\.pem: cannot be read/)
    })
  })
})
