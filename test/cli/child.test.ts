import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable } from 'node:stream'
import { describe, expect, it, onTestFinished } from 'vitest'
import { ChildStartError, exitCodeOf, type RunningChild, startChild } from '../../src/cli/child.ts'

const MIB = 1024 * 1024

function start(script: string, stderr: NodeJS.WritableStream = new PassThrough().resume(), tailBytes = 64 * 1024): Promise<RunningChild> {
  return startChild({ argv: [process.execPath, '-e', script], env: process.env, folder: tmpdir(), readsStderr: true, tailBytes, stderr })
}

/** All octets 0 to 255 in a fixed, unrepeating order, so that a lost or doubled part shows. */
const NOISE = `Buffer.from(Array.from({ length: ${MIB} }, (_none, at) => (at * 167 + (at >> 8)) & 255))`
const expectedNoise = Buffer.from(Array.from({ length: MIB }, (_none, at) => (at * 167 + (at >> 8)) & 255))

describe('the end of a child', () => {
  it.each([0, 1, 7, 255])('with exit code %i is told as it is', async (code) => {
    const end = await (await start(`process.exitCode = ${code}`)).ended
    expect(end).toEqual({ exitCode: code, signal: null, stderrTail: '' })
    expect(exitCodeOf(end)).toBe(code)
  })
  it.each([
    ['SIGTERM', 143],
    ['SIGINT', 130],
    ['SIGKILL', 137],
  ] as const)('by %s is 128 + its number', async (signal, code) => {
    const end = await (await start(`process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000)`)).ended
    expect(end).toMatchObject({ exitCode: null, signal })
    expect(exitCodeOf(end)).toBe(code)
  })
  it('follows a signal that is passed on', async () => {
    const sink = new PassThrough()
    const child = await start(`process.on('SIGTERM', () => process.exit(9)); console.error('ready'); setInterval(() => {}, 1000)`, sink)
    await once(sink, 'data')
    child.signal('SIGTERM')
    expect(exitCodeOf(await child.ended)).toBe(9)
  })
  it('is not put off by a grandchild that holds stderr and is silent', async () => {
    const grandchild = `require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: true })`
    const child = await start(`const other = ${grandchild}; other.unref(); process.stderr.write(String(other.pid), () => process.exit(3))`)
    const end = await child.ended
    expect(end.exitCode).toBe(3)
    // It lives for ever: were it waited for, this would never be reached.
    expect(process.kill(Number(end.stderrTail), 'SIGKILL')).toBe(true)
  })
})

describe('stderr', () => {
  it('passes through octet for octet, 1 MiB of it', async () => {
    const parts: Buffer[] = []
    const sink = new PassThrough().on('data', (part: Buffer) => parts.push(part))
    await (await start(`process.stderr.write(${NOISE})`, sink)).ended
    expect(Buffer.concat(parts).equals(expectedNoise)).toBe(true)
  })
  it('waits for a slow reader and loses nothing', async () => {
    const parts: Buffer[] = []
    let most = 0
    const sink: Writable = new Writable({
      highWaterMark: 16 * 1024,
      write(part: Buffer, _encoding, done) {
        most = Math.max(most, sink.writableLength)
        parts.push(part)
        setImmediate(done)
      },
    })
    await (await start(`process.stderr.write(${NOISE})`, sink)).ended
    sink.end()
    await once(sink, 'finish')
    expect(Buffer.concat(parts).equals(expectedNoise)).toBe(true)
    expect(most).toBeLessThan(256 * 1024)
  })
  it('keeps the last octets, whatever the parts they came in', async () => {
    const lines = `for (let n = 0; n < 5000; n += 1) process.stderr.write('line ' + n + '\\n')`
    const end = await (await start(lines, undefined, 100)).ended
    const all = Array.from({ length: 5000 }, (_none, n) => `line ${n}\n`).join('')
    expect(end.stderrTail).toBe(all.slice(-100))
  })
  it('ends for the child when nobody reads ours any more', async () => {
    const sink = new Writable({ write: (_part, _encoding, done) => done(Object.assign(new Error('broken pipe'), { code: 'EPIPE' })) })
    sink.on('error', () => undefined)
    const child = await start(
      `process.stderr.on('error', () => process.exit(5)); setInterval(() => process.stderr.write('x'.repeat(1000)), 5)`,
      sink,
    )
    expect((await child.ended).exitCode).toBe(5)
  })
  it('is not read where it is inherited', async () => {
    const child = await startChild({
      argv: [process.execPath, '-e', 'process.exit(4)'],
      env: process.env,
      folder: tmpdir(),
      readsStderr: false,
      tailBytes: 10,
      stderr: new PassThrough(),
    })
    expect(await child.ended).toEqual({ exitCode: 4, signal: null, stderrTail: '' })
  })
})

describe('a command that cannot be started', () => {
  const attempt = (command: string) =>
    startChild({ argv: [command], env: process.env, folder: tmpdir(), readsStderr: true, tailBytes: 10, stderr: new PassThrough() })

  it('is 127 where there is none', async () => {
    await expect(attempt('nosuch-command-of-ours')).rejects.toMatchObject({
      exitCode: 127,
      message: 'nosuch-command-of-ours: command not found',
    })
  })
  it('is 126 where it is no program', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whytls-child-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    const file = join(folder, 'plain')
    writeFileSync(file, 'no program', { mode: 0o644 })
    const error: unknown = await attempt(file).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ChildStartError)
    expect(error).toMatchObject({ exitCode: 126 })
  })
})
