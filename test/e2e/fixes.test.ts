/** A fix that is called checked repairs the failing download: its commands are typed into a shell, then go is run again. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Fix } from '../../src/contract/diagnosis.ts'
import type { Document } from '../../src/contract/document.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { type CommandResult, freshEnvironment, inFreshFolder, listToolchains, runCommand, type Toolchain } from './go.ts'
import { expectationOf, rowsFor } from './rows.ts'
import { startAll, stopTime, withOrigin } from './scenario.ts'
import { MAIN } from './whytls.ts'

interface Tried {
  readonly fix: Fix
  readonly result: CommandResult
}

const rows = listToolchains()
  .slice(0, 1)
  .flatMap((toolchain) => rowsFor(toolchain, 30))
  .filter((row) => expectationOf(row).cause !== 'ok' && row.labCase.takesMs !== Number.POSITIVE_INFINITY)
const ran = startAll(rows, ({ labCase, toolchain }) => withOrigin(labCase, (origin) => tryFixes(toolchain, origin, stopTime(labCase))))

describe('a checked fix', () => {
  for (const row of rows) {
    it(`of ${row.labCase.id} repairs it, where there is one`, async () => {
      for (const { fix, result } of (await ran.get(row)) ?? expect.fail('it was not run')) {
        expect(result, `${fix.title}: ${fix.commands.join('; ')}`).toMatchObject({ exitCode: 0 })
      }
    })
  }
  it('is there for what an environment variable can repair', async () => {
    const row = rows.find(({ labCase }) => labCase.id === 'client-hello-too-large')
    if (row !== undefined) expect(await ran.get(row)).toMatchObject([{ fix: { env: { GODEBUG: 'tlsmlkem=0' } } }])
  })
  it('is there for a CA that git was given and go was not', async () => {
    const row = rows.find(({ labCase }) => labCase.id === 'inspection-ca-untrusted/git-knows')
    if (row !== undefined)
      expect(await ran.get(row)).toMatchObject([{ fix: { env: { SSL_CERT_FILE: expect.stringMatching(/\/git\/ca\.pem$/) } } }])
  })
})

/** Let it fail through whytls, then type each checked fix of this shell before plain go. */
function tryFixes(toolchain: Toolchain, origin: LabOrigin, stopAfterMs: number | undefined): Promise<readonly Tried[]> {
  return inFreshFolder(async (home) => {
    const env = { ...(await freshEnvironment(toolchain, origin, home)), WHYTLS_HOME: join(home, 'whytls') }
    const file = join(home, 'result.json')
    const download = ['go', 'mod', 'download', origin.module]
    await runCommand([process.execPath, MAIN, 'run', '--json', file, '--', ...download], { env, cwd: origin.cwd ?? home, stopAfterMs })
    const { diagnoses } = JSON.parse(await readFile(file, 'utf8')) as Document // the schema test of the contract checks this shape
    const fixes = diagnoses.flatMap((diagnosis) => diagnosis.fixes).filter(isForThisShell)
    const tried: Tried[] = []
    for (const fix of fixes) {
      const script = [`whytls() { '${process.execPath}' '${MAIN}' "$@"; }`, 'set -e', ...fix.commands, download.join(' ')].join('\n')
      const fresh = { ...env, GOMODCACHE: join(home, `modcache-${tried.length}`), GOFLAGS: '-modcacherw' }
      tried.push({ fix, result: await runCommand(['bash', '-c', script], { env: fresh, cwd: origin.cwd ?? home }) })
    }
    return tried
  })
}

/** What can be typed here without changing the machine. */
function isForThisShell({ checked, who, scope, os, shell, commands }: Fix): boolean {
  const isHere = (os === 'any' || os === 'linux') && (shell === 'any' || shell === 'bash')
  return checked && who === 'you' && isHere && (scope === 'this-command' || scope === 'this-shell') && commands.length > 0
}
