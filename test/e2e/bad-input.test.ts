/** What must not break whytls: each is one clear error, and the process lives on or ends with its documented exit code. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'
import { MAIN } from './whytls.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-bad-'))
const children: ChildProcess[] = []
let homes = 0

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the command line', () => {
  it('names the nearest option for one that it does not know, exit 2', async () => {
    const { code, stderr } = await end(['ls', '--jsn'])
    expect(code).toBe(2)
    expect(stderr).toContain("unknown option '--jsn'")
    expect(stderr).toContain('--json')
  })
  it.each([
    [['show', '7'], 2, 'there is no handshake 7'],
    [['forget'], 2, 'say what to forget'],
    [['probe', 'not a host'], 2, 'is no HOST[:PORT]'],
    [['export', '--since', 'yesterday'], 2, 'is no time'],
    [['lab', 'run', 'nosuch'], 2, 'no lab case named nosuch'],
    [['run', '--resolve', 'x', '--', 'true'], 2, '--resolve'],
    [['parse', '--client', 'nosuch.bin'], 2, 'nosuch.bin cannot be read'],
    [['ls', 'stage:('], 2, '^'],
  ])('%j ends with %i and says why', async (argv, code, words) => {
    const ended = await end(argv)
    expect(ended.stderr).toContain(words)
    expect(ended.code).toBe(code)
  })
  it('reads hostile octets with one line that names offset and field', async () => {
    const file = join(folder, 'octets.bin')
    writeFileSync(file, Buffer.from('1603010009010000050303ffffff', 'hex'))
    const { code, stderr } = await end(['parse', '--client', file])
    expect(code).toBe(2)
    expect(stderr).toMatch(/offset \d+/)
  })
})

describe('standard output', () => {
  it('on a full disk is one clear error', async () => {
    const full = openSync('/dev/full', 'w')
    const child = spawn(process.execPath, [MAIN, 'lab', 'list'], { env: environment({}), stdio: ['ignore', full, 'pipe'] })
    let stderr = ''
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    const [code] = await once(child, 'close')
    closeSync(full)
    expect(stderr).toMatch(/^error\[unwritable\]: standard output cannot be written: [^\n]+\n {2}fix {7}write to another file\n$/)
    expect(code).toBe(2)
  })
})

describe('run', () => {
  it('ends with the code of its command, 127 where there is none, 126 where it cannot be executed', async () => {
    const plain = join(folder, 'plain')
    writeFileSync(plain, 'no program', { mode: 0o644 })
    expect((await end(['run', '--', 'sh', '-c', 'exit 7'])).code).toBe(7)
    expect((await end(['run', '--', 'nosuch-command'])).code).toBe(127)
    expect((await end(['run', '--', plain])).code).toBe(126)
  })
  it('ends with 128 + n when its command died of signal n', async () => {
    expect((await end(['run', '--', 'sh', '-c', 'kill -TERM $$'])).code).toBe(143)
  })
  it('leaves stdin, stdout and stderr to the command', async () => {
    const { stdout, stderr } = await end(['run', '--no-report', '--', 'sh', '-c', 'cat; printf out; printf err >&2'], {}, 'in')
    expect({ stdout, stderr }).toEqual({ stdout: 'inout', stderr: 'err' })
  })
  it('works in memory, with one warning that names the repair, when better-sqlite3 cannot be loaded', async () => {
    const hook = join(folder, 'hook.cjs')
    writeFileSync(
      hook,
      `const M = require('module'); const load = M._load
       M._load = function (name, ...rest) { if (name === 'better-sqlite3') { const e = new Error('wrong ABI'); e.code = 'ERR_DLOPEN_FAILED'; throw e } return load.call(this, name, ...rest) }`,
    )
    const { code, stderr } = await end(['run', '--', 'true'], { NODE_OPTIONS: `--require=${hook}` })
    expect(code).toBe(0)
    expect(stderr).toContain('npm rebuild better-sqlite3')
  })
})

describe('the database', () => {
  it.each(['serve', 'ls'])('that is damaged stops %s with one sentence, and stays as it was', async (command) => {
    const home = freshHome()
    mkdirSync(home, { recursive: true })
    const text = 'this is no database, only words, and enough of them to fill a header of one hundred octets, or so'
    writeFileSync(join(home, 'whytls.db'), text)
    const { code, stderr } = await end([command, ...(command === 'serve' ? ['--port', '0', '--page-port', '0', '--no-open'] : [])], {
      WHYTLS_HOME: home,
    })
    expect(stderr).toContain('error[store-corrupt]')
    expect(stderr).toContain('WHYTLS_HOME')
    expect(code).toBe(command === 'serve' ? 125 : 2)
    expect(readFileSync(join(home, 'whytls.db'), 'utf8')).toBe(text)
  })
  it('that opens but cannot be written does not keep a command from running, and its exit code stays', async () => {
    const home = freshHome()
    expect((await end(['ls'], { WHYTLS_HOME: home })).code).toBe(0)
    const file = join(home, 'whytls.db')
    const octets = readFileSync(file)
    writeFileSync(file, octets.fill(0xa5, 4096))
    const { code, stderr } = await end(['run', '--', 'sh', '-c', 'exit 3'], { WHYTLS_HOME: home })
    expect(stderr).toContain('nothing will be kept: the database file is damaged')
    expect(stderr).not.toContain('error[')
    expect(code).toBe(3)
  })
  it('that is full is said once; the command runs to its end', async () => {
    const { code, stderr } = await end(['run', '--', 'true'], { WHYTLS_MAX_PAGES: '1' })
    expect(code).toBe(0)
    expect(stderr).toContain('the database is full')
  })
})

describe('the proxy port', () => {
  it('in use is one error that names the process and the option, exit 125', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { code, stderr } = await end(['serve', '--port', String(port), '--page-port', '0', '--no-open'])
    taken.close()
    expect(code).toBe(125)
    expect(stderr).toContain(`error[port-in-use]: 127.0.0.1:${port} is used by`)
    expect(stderr).toContain('whytls --port 0')
  })
  it('answers what is no proxy request, and lives on', async () => {
    const { proxy } = await serve()
    const port = Number(new URL(proxy).port)
    expect(await say(port, 'CONNECT mods.example HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 .*port/)
    expect(await say(port, `GET http://x.example/ HTTP/1.1\r\nX: ${'a'.repeat(1 << 20)}\r\n\r\n`)).toMatch(/^HTTP\/1.1 431 |^$/)
    expect(await say(port, Buffer.from([22, 3, 1, 0, 1, 1, 0, 255]))).toMatch(/^HTTP\/1.1 400 /)
    expect(await say(port, `CONNECT 127.0.0.1:${port} HTTP/1.1\r\n\r\n`)).toMatch(/^HTTP\/1.1 508 .*whytls itself/)
    expect(await say(port, 'CONNECT mods.example HTTP/1.1\r\n\r\n')).toMatch(/^HTTP\/1.1 400 /)
  })
})

describe('the websocket', () => {
  it('closes on random octets, and the page lives on', async () => {
    const { page } = await serve()
    const url = new URL(page)
    const token = url.hash.replace('#t=', '')
    const upgrade = [
      'GET /api/v1/events HTTP/1.1',
      `Host: ${url.host}`,
      `Origin: ${url.origin}`,
      'Connection: Upgrade',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
      'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
      `Sec-WebSocket-Protocol: whytls.v1, t.${token}`,
    ].join('\r\n')
    const noise = Buffer.from(Array.from({ length: 4096 }, (_none, at) => (at * 167 + 13) % 256))
    expect(await say(Number(url.port), Buffer.concat([Buffer.from(`${upgrade}\r\n\r\n`), noise]))).toContain('101 Switching Protocols')
    const answer = await fetch(`${url.origin}/api/v1/meta`, { headers: { authorization: `Bearer ${token}` } })
    expect(answer.status).toBe(200)
  })
})

interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function freshHome(): string {
  homes += 1
  return join(folder, `home-${homes}`)
}

function environment(more: Record<string, string>): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, WHYTLS_HOME: freshHome(), ...more }
}

async function end(argv: readonly string[], env: Record<string, string> = {}, stdin = ''): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...argv], { env: environment(env), cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const printed = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (printed.stderr += text))
  child.stdin.on('error', () => undefined)
  child.stdin.end(stdin)
  const [code] = await once(child, 'close')
  return { code: typeof code === 'number' ? code : null, ...printed }
}

async function serve(): Promise<{ readonly proxy: string; readonly page: string }> {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--page-port', '0', '--no-open'], {
    env: environment({}),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  children.push(child)
  let printed = ''
  return new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error(`serve ended: ${printed}`)))
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text
      const [proxy, page] = [/Proxy\s+(http:\S+)/.exec(printed)?.[1], /Page\s+(http:\S+)/.exec(printed)?.[1]]
      if (proxy !== undefined && page !== undefined) resolve({ proxy, page })
    })
  })
}

/** Send octets, read what comes until the end or, behind the first of it, half a second of quiet. */
async function say(port: number, octets: string | Buffer): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.setTimeout(20_000, () => socket.destroy())
  socket.once('data', () => socket.setTimeout(500))
  let heard = ''
  socket.setEncoding('latin1').on('data', (text: string) => (heard += text))
  socket.write(octets)
  await once(socket, 'close')
  return heard
}
