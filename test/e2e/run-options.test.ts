/** The options of `whytls run`, each against the same expired certificate. */
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { certExpired } from '../../src/lab/cases/cert-expired.ts'
import { inFreshFolder } from './go.ts'
import { endWhytls, type LiveEnd, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

interface Ran {
  readonly end: LiveEnd
  /** What stood before our first line: go's own words. */
  readonly goSaid: string
  readonly read: (name: string) => string
  readonly mode: (name: string) => number
}

/** `whytls run OPTIONS go mod download`; {home} stands for the folder. */
function run<T>(options: readonly string[], look: (ran: Ran) => T, more: Record<string, string> = {}): Promise<T> {
  return withOrigin(certExpired, (origin) =>
    inFreshFolder(async (home) => {
      const env = { ...(await userEnvironment(origin, home)), LANG: 'C.UTF-8', ...more }
      const filled = options.map((option) => option.replace('{home}', home))
      const end = await endWhytls(['run', ...filled, 'go', 'mod', 'download', origin.module], { env, cwd: home })
      const goSaid = end.stderr.slice(end.stderr.indexOf('go: '), end.stderr.indexOf('\n', end.stderr.indexOf('go: ')) + 1)
      const path = (name: string) => join(home, name)
      return look({ end, goSaid, read: (name) => readFileSync(path(name), 'utf8'), mode: (name) => statSync(path(name)).mode & 0o777 })
    }),
  )
}

describe('whytls run', () => {
  it('says nothing before go, and sets its block off by one empty line', async () => {
    await run(['--'], ({ end, goSaid }) => {
      expect(end).toMatchObject({ code: 1, stdout: '' })
      expect(end.stderr.startsWith(`${goSaid}\nerror[cert-expired]: `)).toBe(true)
    })
  })
  it('-v says first where proxy and store are', async () => {
    await run(['-v'], ({ end }) => {
      expect(end.stderr).toMatch(/^whytls: proxy 127\.0\.0\.1:\d+, no parent proxy, store \S+whytls\.db, run 1\ngo: /)
    })
  })
  it('--quiet keeps the error and its fix, --no-report keeps nothing', async () => {
    await run(['--quiet'], ({ end }) => {
      expect(end.stderr).toContain('error[cert-expired]: ')
      expect(end.stderr).not.toContain('evidence')
    })
    await run(['--no-report'], ({ end, goSaid }) => {
      expect(end).toMatchObject({ code: 1, stderr: goSaid })
    })
  })
  it.each([['--json={home}/out.json'], ['--json', '{home}/out.json']])('%s writes the document, for its owner only', async (...options) => {
    await run([...options, '--'], ({ read, mode }) => {
      expect(JSON.parse(read('out.json'))).toMatchObject({
        schema: 'whytls/1',
        run: { exitCode: 1 },
        diagnoses: [{ cause: 'cert-expired' }],
      })
      expect(mode('out.json')).toBe(0o600)
    })
  })
  it('in GitHub Actions annotates each cause, and --summary appends the report', async () => {
    await run(['--summary'], ({ end }) => expect(end.stderr).toContain('GITHUB_STEP_SUMMARY is not set'))
    const summary = join(mkdtempSync(join(tmpdir(), 'whytls-summary-')), 'summary.md')
    await run(
      ['--summary'],
      ({ end, goSaid }) => {
        expect(end.code).toBe(1)
        expect(end.stderr.startsWith(`${goSaid}\nerror[cert-expired]: `)).toBe(true)
        expect(end.stderr).toMatch(/\n::error title=cert-expired::the certificate of [^\n]+\n$/)
        expect(readFileSync(summary, 'utf8')).toContain('cert-expired')
      },
      { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
    )
    rmSync(dirname(summary), { recursive: true })
  })
  it('--trace writes its lines to stderr and never takes the command for its file', async () => {
    await run(['--trace'], ({ end }) => {
      expect(end.code).toBe(1)
      expect(end.stderr).toMatch(/^whytls trace: .*ClientHello/m)
      expect(end.stderr).toContain('\nerror[cert-expired]: ')
    })
  })
  it('--trace=FILE leaves stderr alone', async () => {
    await run(['--trace={home}/trace.log'], ({ end, read, mode }) => {
      expect(end.stderr).not.toContain('whytls trace:')
      expect(read('trace.log')).toMatch(/\/probe .*Certificate/)
      expect(mode('trace.log')).toBe(0o600)
    })
  })
  it('traces, with a note, where GODEBUG holds the key that go does not have', async () => {
    const more = { GODEBUG: 'tlshandshake=1' }
    await run(
      [],
      ({ end }) => {
        expect(end.stderr).toMatch(/^whytls: note: go has no setting named tlshandshake/)
        expect(end.stderr).toMatch(/^whytls trace: /m)
      },
      more,
    )
  })
  it('follows --color, NO_COLOR and an ASCII locale', async () => {
    await run(['--color=always'], ({ end }) => expect(end.stderr).toContain('\u001b[1;31merror[cert-expired]'))
    await run(['--color=always'], ({ end }) => expect(end.stderr).not.toContain('\u001b'), { NO_COLOR: '1' })
    await run([], ({ end, goSaid }) => expect(end.stderr.slice(goSaid.length)).toMatch(/^[\n\u0020-\u007e]*$/), { LC_ALL: 'C' })
  })
  it('--no-probe makes no second connection', async () => {
    await run(['--no-probe', '--json', '{home}/out.json'], ({ end, read }) => {
      expect(end.code).toBe(1)
      expect(read('out.json')).not.toContain('"mode": "probe"')
    })
  })
})
