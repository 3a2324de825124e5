/** `whytls doctor` against lab worlds, and the folklore that it corrects, tried with the real go. */
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'
import { type CommandResult, freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { MAIN } from './whytls.ts'

interface Told {
  readonly result: CommandResult
  readonly document: Document
}

const [newest] = listToolchains()

/** `whytls doctor --json` in a world. */
function doctorIn(labCase: LabCase, options: readonly string[] = [], more: Readonly<Record<string, string>> = {}): Promise<Told> {
  return withOrigin(labCase, (origin) =>
    inFreshFolder(async (home) => {
      const result = await doctor(origin, home, ['--json', ...options], more)
      return { result, document: JSON.parse(result.stdout) as Document } // the schema test of the contract checks this shape
    }),
  )
}

async function doctor(origin: LabOrigin, home: string, options: readonly string[], more: Readonly<Record<string, string>>) {
  if (newest === undefined) throw new Error('there is no go')
  const env = { ...(await freshEnvironment(newest, origin, home)), WHYTLS_HOME: join(home, 'whytls'), ...more }
  return runCommand([process.execPath, MAIN, 'doctor', ...options], { env, cwd: home })
}

function checksOf({ document }: Told, subject: string) {
  return (document.environment.checks ?? []).filter((check) => check.subject === subject)
}

function variant(id: string): LabCase {
  return LAB_VARIANTS.find((one) => one.id === id) ?? expect.fail(`no variant ${id}`)
}

describe('whytls doctor', () => {
  it('finds nothing wrong in a sound world, and the clock in step', async () => {
    const told = await doctorIn(LAB_CASES.ok)
    expect(told.result.exitCode).toBe(0)
    expect(told.document.diagnoses).toEqual([])
    expect(told.document.environment.clock).toMatchObject({ sources: 1 })
    expect(Math.abs(told.document.environment.clock?.offsetMs ?? 1e9)).toBeLessThan(60_000)
    expect(told.document.environment.roots.find(({ client }) => client === 'go')).toMatchObject({ count: 1 })
    expect(checksOf(told, 'GOPROXY').at(-1)).toMatchObject({ status: 'fine', text: expect.stringContaining('passes') })
  })

  it('names the cause of a host that fails, with exit code 1', async () => {
    const told = await doctorIn(LAB_CASES['cert-expired'])
    expect(told.result.exitCode).toBe(1)
    expect(told.document.diagnoses.map(({ cause }) => cause)).toEqual(['cert-expired'])
    expect(told.document.environment.findings.join('\n')).toMatch(/^cert-expired: GOPROXY: cert-expired\.whytls\.test/m)
  })

  it('sees a clock that is wrong by the word of the hosts that go names', async () => {
    const told = await doctorIn(LAB_CASES['client-clock-wrong'])
    expect(told.result.exitCode).toBe(1)
    expect(checksOf(told, 'clock')[0]).toMatchObject({ status: 'problem', code: 'client-clock-wrong' })
    expect(Math.round((told.document.environment.clock?.offsetMs ?? 0) / 86_400_000)).toBe(365)
  })

  it('does not take an old Date for the time', async () => {
    const told = await doctorIn(variant('cert-expired/liar'))
    expect(checksOf(told, 'clock').filter(({ status }) => status === 'problem')).toEqual([])
  })

  it('sends nothing with --offline', async () => {
    const told = await doctorIn(LAB_CASES['cert-expired'], ['--offline'])
    expect(told.result.exitCode).toBe(0)
    expect(told.document.handshakes).toEqual([])
    expect(told.document.environment.clock).toBeNull()
  })

  it('calls insecure settings so, and counts them with --strict', async () => {
    const insecure = { GIT_SSL_NO_VERIFY: '0', GOINSECURE: '*.corp.example' }
    const told = await doctorIn(LAB_CASES.ok, ['--offline', '--strict'], insecure)
    expect(told.result.exitCode).toBe(1)
    expect(told.document.warnings.map(({ code }) => code)).toEqual(Array.from({ length: 4 }, () => 'insecure-setting'))
    expect(told.document.warnings.map(({ text }) => text.split(':')[0])).toEqual(['GOSUMDB', 'GONOSUMDB', 'GOINSECURE', 'git'])
  })

  it('says where a variable is set', async () => {
    const text = await withOrigin(LAB_CASES.ok, (origin) =>
      inFreshFolder(async (home) => {
        await mkdir(home, { recursive: true })
        await writeFile(join(home, '.profile'), '# x\nexport NO_PROXY=a.example,b.example\n')
        return (await doctor(origin, home, ['--offline', '--color', 'never'], { NO_PROXY: 'a.example,b.example', LC_ALL: 'C' })).stdout
      }),
    )
    expect(text).toMatch(/^ok {3}NO_PROXY +a\.example,b\.example \(~\/\.profile:2\)$/m)
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
    expect(text).toMatch(/^[\u0000-\u007e]*$/)
  })

  it('could not tell without a go command', async () => {
    const told = await doctorIn(LAB_CASES.ok, ['--offline'], { PATH: '/nowhere' })
    expect(told.result.exitCode).toBe(3)
  })

  it('refuses options that it does not know', async () => {
    const result = await withOrigin(LAB_CASES.ok, (origin) => inFreshFolder((home) => doctor(origin, home, ['--everything'], {})))
    expect(result.exitCode).toBe(2)
  })
})

describe.each(listToolchains())('the folklore, by go $version', (toolchain) => {
  const download = (labCase: LabCase, more: Readonly<Record<string, string>>) =>
    withOrigin(labCase, (origin) =>
      inFreshFolder(async (home) => {
        const env = { ...(await freshEnvironment(toolchain, origin, home)), ...more }
        return runCommand([toolchain.go, 'mod', 'download', origin.module], { env, cwd: home })
      }),
    )

  it('GONOPROXY takes no address blocks: GOPROXY is asked all the same', async () => {
    expect((await download(LAB_CASES.ok, { GONOPROXY: '127.0.0.0/8' })).exitCode).toBe(0)
  })

  it.each([{ GOINSECURE: '*' }, { GOSUMDB: 'off' }, { GIT_SSL_NO_VERIFY: '1' }, { GODEBUG: 'x509ignoreCN=0' }])(
    '%o does not make GOPROXY pass',
    async (setting) => {
      const result = await download(LAB_CASES['cert-expired'], setting as Record<string, string>)
      expect(result.stderr).toContain('certificate has expired')
      expect(result.exitCode).toBe(1)
    },
  )

  it('GODEBUG=tlshandshake=1 prints nothing', async () => {
    expect((await download(LAB_CASES.ok, { GODEBUG: 'tlshandshake=1' })).stderr).toBe('')
  })

  it('go env -w refuses GODEBUG and HTTPS_PROXY', async () => {
    const refusals = await inFreshFolder((home) =>
      Promise.all(
        ['GODEBUG=tlsmlkem=0', 'HTTPS_PROXY=http://gw.example'].map((setting) =>
          runCommand([toolchain.go, 'env', '-w', setting], { env: { PATH: '/usr/bin:/bin', HOME: home, GOTOOLCHAIN: 'local' }, cwd: home }),
        ),
      ),
    )
    expect(refusals.map(({ exitCode }) => exitCode)).toEqual([1, 1])
  })
})
