/** Clients other than go through `run --intercept`, hosts that are traps, and what is left behind. */
import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { freshEnvironment, listToolchains } from './go.ts'
import { withOrigin } from './scenario.ts'
import { firstDiagnosis, MAIN, runThrough } from './whytls.ts'

const [toolchain = expect.fail('no go')] = listToolchains()
const options = ['--intercept']
const PATH_OF_INFO = 'lab.whytls.test/hello/@v/v1.0.0.info'

describe('run --intercept', () => {
  it('decrypts curl, which reads the same bundle', () =>
    withOrigin(LAB_CASES.ok, async (origin) => {
      const command = ['curl', '-sS', `${origin.goproxy}/${PATH_OF_INFO}`]
      const env = { ...origin.env, CURL_CA_BUNDLE: origin.env['SSL_CERT_FILE'] ?? '' }
      const { result, document } = await runThrough(toolchain, { ...origin, env }, { options, command })
      expect(JSON.parse(result.stdout)).toMatchObject({ Version: 'v1.0.0' })
      expect(document.handshakes.flatMap(({ http }) => http)).toMatchObject([{ method: 'GET', status: 200, asks: { kind: 'info' } }])
    }))

  it('decrypts git, and git reads its answer', () =>
    withOrigin(LAB_CASES.ok, async (origin) => {
      const env = { ...origin.env, GIT_SSL_CAINFO: origin.env['SSL_CERT_FILE'] ?? '', GIT_TERMINAL_PROMPT: '0' }
      const { result, document } = await runThrough(
        toolchain,
        { ...origin, env },
        { options, command: ['git', 'ls-remote', `${origin.goproxy}/x.git`] },
      )
      expect(result.stderr).toContain('not found')
      expect(document.handshakes.flatMap(({ http }) => http)[0]).toMatchObject({ status: 404, asks: { kind: 'git' } })
    }))

  it('says that a client which keeps its own roots distrusts us, by its decrypted alert', () =>
    withOrigin(LAB_CASES['client-distrusts-proxy-ca'], async (origin) => {
      const own = `SSL_CERT_FILE=${origin.env['SSL_CERT_FILE']}`
      const { document } = await runThrough(toolchain, origin, { options, command: ['env', own, 'go', 'mod', 'download', origin.module] })
      expect(firstDiagnosis(document)).toMatchObject({ cause: 'client-distrusts-proxy-ca', leg: 'client', stage: 'certificate' })
    }))

  it('answers CONNECT to hosts that are traps and writes nothing for them', () =>
    withOrigin(LAB_CASES.ok, async (origin) => {
      const traps = ['ca.private:443', '../x:443', '[::1]:9', '127.0.0.1:9', 'xn--bcher-kva.example:443', `${'a'.repeat(300)}.example:443`]
      const script = `for t in ${traps.map((trap) => `'${trap}'`).join(' ')}; do curl -sS -o /dev/null -w '%{http_connect}\\n' --proxytunnel -x "$HTTPS_PROXY" --request-target / "https://$t/" 2>/dev/null; done; find "$WHYTLS_HOME" "$HOME" -newer "$0" -type f | grep -v -e whytls.db -e roots-; true`
      const { result } = await runThrough(toolchain, origin, { options, command: ['sh', '-c', script, MAIN] })
      expect(result.exitCode).toBe(0)
      expect(result.stdout).not.toMatch(/\.pem|\.key|private/)
    }))

  it('leaves no key behind after SIGKILL, and the next run removes the bundle', () =>
    withOrigin(LAB_CASES.ok, async (origin) => {
      const home = await mkdtemp(join(tmpdir(), 'whytls-kill-'))
      const env = { ...(await freshEnvironment(toolchain, origin, home)), WHYTLS_HOME: join(home, 'whytls') }
      const child = spawn(process.execPath, [MAIN, 'run', '--intercept', '--', 'sh', '-c', 'echo up; exec sleep 30'], {
        env,
        detached: true,
        stdio: ['ignore', 'pipe', 'ignore'],
      })
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const closed = new Promise((resolve) => child.once('exit', resolve))
      process.kill(-(child.pid ?? 0), 'SIGKILL')
      await closed
      const left = await listFiles(home)
      for (const file of left) expect(await readFile(file, 'latin1')).not.toContain('PRIVATE KEY')
      expect(left.filter((file) => file.includes('intercept-'))).not.toEqual([])
      const next = spawn(process.execPath, [MAIN, 'run', '--intercept', '--', 'true'], { env, stdio: 'ignore' })
      await new Promise((resolve) => next.once('exit', resolve))
      expect((await listFiles(home)).filter((file) => file.includes('intercept-'))).toEqual([])
      await rm(home, { recursive: true, force: true })
    }))
})

async function listFiles(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
}
