/** `whytls lab`: what the README shows first must work on a machine where nothing is broken. */
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { inFreshFolder } from './go.ts'
import { anyToolchain, childrenOf, endWhytls, type LiveEnd, printStop, startWhytls } from './live.ts'
import { MAIN } from './whytls.ts'

/** A user with go in PATH, a proxy and roots of their own, which the lab must not mind. */
function userOf(home: string): { env: Record<string, string>; cwd: string } {
  const env = {
    PATH: `${dirname(anyToolchain().go)}:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: home,
    LANG: 'C.UTF-8',
    WHYTLS_HOME: `${home}/whytls`,
    HTTPS_PROXY: 'http://gw.invalid:3128',
    SSL_CERT_FILE: '/nonexistent.pem',
    GOFLAGS: '-mod=vendor',
  }
  return { env, cwd: home }
}

const labRun = (...argv: readonly string[]): Promise<LiveEnd> => inFreshFolder((home) => endWhytls(['lab', 'run', ...argv], userOf(home)))

describe('whytls lab list', () => {
  it('names every case, in text, as names and as JSON', async () => {
    await inFreshFolder(async (home) => {
      const ids = Object.keys(LAB_CASES)
      const names = await endWhytls(['lab', 'list', '--names'], userOf(home))
      expect(names.stdout).toBe(`${ids.join('\n')}\n`)
      const text = await endWhytls(['lab', 'list'], userOf(home))
      expect(text.stdout.trimEnd().split('\n')).toHaveLength(ids.length)
      const json = await endWhytls(['lab', 'list', '--json'], userOf(home))
      expect(JSON.parse(json.stdout.split('\n')[0] ?? '')).toMatchObject({ id: ids[0], summary: expect.any(String) })
    })
  })
})

describe('whytls lab run', () => {
  it('cert-expired prints go’s line, then our block, and keeps the user’s database as it was', async () => {
    await inFreshFolder(async (home) => {
      const { code, stdout, stderr } = await endWhytls(['lab', 'run', 'cert-expired', '--no-page'], userOf(home))
      expect(code).toBe(0)
      expect(stdout).toMatch(/^\$ whytls run -- go mod download /)
      const [go, ours] = [stderr.indexOf('certificate has expired or is not yet valid'), stderr.indexOf('\n\nerror[cert-expired]: ')]
      expect(go).toBeGreaterThan(0)
      expect(ours).toBeGreaterThan(go)
      expect(labFolders(home)).toEqual([])
      expect(readdirSync(home)).not.toContain('whytls')
    })
  })
  it('ok passes without a word of ours', async () => {
    const { code, stderr } = await labRun('ok', '--no-page')
    expect(stderr).not.toContain('error[')
    expect(code).toBe(0)
  })
  it('takes colour and plain text as options of its own', async () => {
    const { stderr } = await labRun('peer-reset', '--no-page', '--color=always', '--plain')
    expect(stderr).toContain('\u001b[36m')
    expect(stderr).toContain('\nWhere: ')
  })
  it('leaves the page open until Ctrl-C, then ends with 0 and takes its folder away', async () => {
    await inFreshFolder(async (home) => {
      const live = startWhytls(['lab', 'run', 'cert-expired', '--page-port', '0', '--no-open'], userOf(home))
      const [, origin = '', token = ''] = await live.until(/Page +(http:\/\/[^/]+)\/#t=(\w+)\n/)
      const page = await fetch(origin)
      expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
      const answer = await fetch(`${origin}/api/v1/handshakes`, { headers: { authorization: `Bearer ${token}` } })
      expect(await answer.text()).toContain('"cert-expired"')
      expect(labFolders(home)).toHaveLength(1)
      live.signalGroup('SIGINT')
      expect(await live.ended).toMatchObject({ code: 0, signal: null })
      expect(labFolders(home)).toEqual([])
    })
  })
  it('interrupted while go still waits, takes its folder away too and opens no page', async () => {
    await inFreshFolder(async (home) => {
      const live = startWhytls(['lab', 'run', 'peer-silent', '--page-port', '0', '--no-open'], userOf(home))
      await expect.poll(() => childrenOf(live.pid)).not.toBe('')
      live.signalGroup('SIGINT')
      const end = await live.ended
      expect(end.signal).toBeNull()
      expect(end.stdout).not.toContain('Page')
      // Had it waited until go gave up, it would say why.
      expect(end.stderr).not.toContain('error[')
      printStop(end)
      expect(labFolders(home)).toEqual([])
    })
  })
  it('names the nearest case for one that there is not', async () => {
    expect(await labRun('cert-exp')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('  fix       whytls lab run cert-expired\n'),
    })
  })
})

describe('whytls lab up', () => {
  it('serves until Ctrl-C, and the line to paste meets the failure', async () => {
    await inFreshFolder(async (home) => {
      const live = startWhytls(['lab', 'up', 'cert-expired', 'proxy-forbidden'], userOf(home))
      await live.until(/2 worlds up\./)
      for (const cause of ['cert-expired', 'proxy-forbidden']) {
        const [, paste = ''] = await live.until(new RegExp(`^${cause}: .*\\n {2}(\\(.*\\))$`, 'm'))
        const script = `whytls() { '${process.execPath}' '${MAIN}' "$@"; }\n${paste}`
        const { stderr } = spawnSync('sh', ['-c', script], { env: userOf(home).env, cwd: home, encoding: 'utf8' })
        expect(stderr).toContain(`\nerror[${cause}]: `)
      }
      live.signalGroup('SIGINT')
      expect(await live.ended).toMatchObject({ code: 0, signal: null })
      expect(labFolders(home)).toEqual([])
    })
  })
})

describe('whytls lab drill', () => {
  it('lets go fail without naming the cause, then asks, then answers', async () => {
    await inFreshFolder(async (home) => {
      const { code, stdout, stderr } = await endWhytls(['lab', 'drill', '--seed', '7'], userOf(home))
      const [question = '', answer = ''] = stdout.split('Number or name: ')
      const cause = /\((\S+)\)\.\nWhat whytls says/.exec(answer)?.[1] ?? 'none'
      expect(answer).toContain(`error[${cause}]: `)
      expect(question).toContain(`(${cause})\n`)
      expect(question.split('Which cause')[0]).not.toContain(cause)
      expect(stderr).toContain('modproxy.whytls.test')
      expect(stderr).not.toContain(cause)
      // Nobody answered: input was at its end.
      expect(code).toBe(1)
      expect(labFolders(home)).toEqual([])
    })
  })
})

function labFolders(home: string): readonly string[] {
  return readdirSync(home).filter((name) => name.startsWith('whytls-lab-'))
}
