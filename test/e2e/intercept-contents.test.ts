/** What real git and curl carry through `run --intercept`: the same octets as without us, and every connection decrypted. */
import { createHash, randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { defineHttpCase } from '../../src/lab/http-case.ts'
import type { AnyRequest, AnyResponse } from '../../src/lab/module-server.ts'
import { serveGit } from './git-service.ts'
import { inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { runThrough } from './whytls.ts'

const [toolchain = expect.fail('no go')] = listToolchains()
const options = ['--intercept']

const UPLOAD_BYTES = 5 << 20
const FILE = randomBytes(1 << 20)
const TEXT = 'the same line again\n'.repeat(20_000)

/** What curl asks for, in this order and in one connection. */
const REQUESTS: readonly { readonly path: string; readonly args: readonly string[] }[] = [
  { path: '/whole', args: [] },
  { path: '/chunked', args: [] },
  { path: '/gzip', args: ['--header', 'Accept-Encoding: gzip'] },
  { path: '/range', args: ['--range', '1000-200999'] },
  { path: '/head', args: ['--head'] },
  { path: '/nothing', args: [] },
  { path: '/upload', args: ['--data-binary', '@upload', '--expect100-timeout', '60'] },
  { path: '/missing', args: [] },
]

describe.each([
  { http: 'h2', option: '--http2', setting: 'HTTP/2' },
  { http: 'http/1.1', option: '--http1.1', setting: 'HTTP/1.1' },
] as const)('run --intercept over $http', ({ http, option, setting }) => {
  it('carries what curl fetches and sends as it is', () => {
    const log: string[] = []
    return withOrigin(contentCase(http, log), (origin) =>
      inFreshFolder(async (folder) => {
        const direct = await fetchDirectly(origin, folder, option)
        expect(log.splice(0)).toEqual(REQUESTS.map(({ path }) => path))
        const { files, document } = await fetchThrough(origin, folder, option)
        expect(files).toEqual(direct)
        expect(files['upload.body']).toBe(digest(await readFile(join(folder, 'upload'))))
        expect(files['whole.body']).toBe(digest(FILE))
        if (http === 'http/1.1') {
          expect(files['chunked.head']).toMatch(/^transfer-encoding: chunked\r$/im)
          expect(files['upload.head']).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
        }
        expect(files['range.body']).toBe(digest(FILE.subarray(1000, 201_000)))
        expect(log).toEqual(REQUESTS.map(({ path }) => path))
        expectDecrypted(document)
        expect(exchangesOf(document)).toEqual(log)
      }),
    )
  })

  it('carries what git clones and pushes as it is', () =>
    inFreshFolder(async (folder) => {
      const own = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, ...GIT }
      const git = async (...args: readonly string[]) => {
        const result = await runCommand(['git', ...args], { env: own, cwd: folder })
        expect(result).toMatchObject({ exitCode: 0 })
        return result.stdout.trim()
      }
      await makeRepository(folder, git)
      const log: string[] = []
      const labCase = gitCase(http, folder, own, log)
      await withOrigin(labCase, async (origin) => {
        const env = { ...origin.env, ...GIT, GIT_SSL_CAINFO: origin.env['SSL_CERT_FILE'] ?? '' }
        const command = ['sh', '-ec', CLONE_AND_PUSH, 'sh', `${origin.goproxy}/repo.git`, setting]
        const { result, document } = await runThrough(toolchain, { ...origin, env, cwd: folder }, { options, command })
        expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode: 0, stderr: '' })
        const [cloned, pushed] = result.stdout.trim().split('\n')
        expect(cloned).toBe(await git('-C', 'work', 'rev-parse', 'HEAD'))
        expect(pushed).toBe(await git('-C', 'repo.git', 'rev-parse', 'main'))
        expect(pushed).not.toBe(cloned)
        await git('-C', 'repo.git', 'fsck', '--strict', '--full')
        expect(digest(await readFile(join(folder, 'clone', 'large')))).toBe(digest(await readFile(join(folder, 'work', 'large'))))
        expectDecrypted(document)
        expect(log).toContain('POST /repo.git/git-receive-pack')
      })
    }))
})

/** Nothing of this machine's settings, and nobody is asked for a password. */
const GIT = {
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@a.example',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@a.example',
}

/** A push of more than 1 MiB is sent in chunks (http.postBuffer). */
const CLONE_AND_PUSH = `
git -c "http.version=$2" clone -q "$1" clone
cd clone
git rev-parse HEAD
cat large large > again
tail -c 1500000 ../upload >> again
git add again
git commit -q -m second
git -c "http.version=$2" push -q origin HEAD:refs/heads/main
git rev-parse HEAD
`

async function makeRepository(folder: string, git: (...args: readonly string[]) => Promise<string>): Promise<void> {
  await git('-c', 'init.defaultBranch=main', 'init', '-q', 'work')
  await writeFile(join(folder, 'upload'), randomBytes(2 << 20))
  await writeFile(join(folder, 'work', 'large'), randomBytes(3 << 20))
  await writeFile(join(folder, 'work', 'text'), TEXT)
  await git('-C', 'work', 'add', '.')
  await git('-C', 'work', 'commit', '-q', '-m', 'first')
  await git('clone', '-q', '--bare', 'work', 'repo.git')
}

function gitCase(http: 'h2' | 'http/1.1', folder: string, env: Record<string, string>, log: string[]): LabCase {
  return defineHttpCase({
    id: `intercept-git-${http === 'h2' ? 'h2' : 'http1'}`,
    summary: 'a git server',
    http,
    answer: (request, response) => {
      log.push(lineOf(request))
      serveGit(join(folder, 'repo.git'), env, request, response)
    },
  })
}

function contentCase(http: 'h2' | 'http/1.1', log: string[]): LabCase {
  return defineHttpCase({
    id: `intercept-curl-${http === 'h2' ? 'h2' : 'http1'}`,
    summary: 'a server of files',
    http,
    answer: (request, response) => {
      log.push(request.url ?? '')
      void answerContent(request, response)
    },
  })
}

async function answerContent(request: AnyRequest, response: AnyResponse): Promise<void> {
  const send = (status: number, headers: Record<string, string>, body: Buffer) => {
    response.writeHead(status, { date: 'Sun, 22 Nov 2026 00:00:00 GMT', ...headers })
    response.end(body)
  }
  const bytes = { 'content-type': 'application/octet-stream', etag: '"1"' }
  switch (request.url) {
    case '/whole':
      return send(200, { ...bytes, 'content-length': String(FILE.length) }, FILE)
    case '/chunked':
      return send(200, bytes, FILE)
    case '/gzip':
      return send(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }, gzipSync(TEXT))
    case '/range':
      return send(206, { ...bytes, 'content-range': `bytes 1000-200999/${FILE.length}` }, FILE.subarray(1000, 201_000))
    case '/head':
      return send(200, { ...bytes, 'content-length': String(FILE.length) }, Buffer.alloc(0))
    case '/nothing':
      return send(204, {}, Buffer.alloc(0))
    case '/upload':
      return send(200, bytes, await readAll(request))
    default:
      return send(404, { 'content-type': 'text/plain' }, Buffer.from('not here\n'))
  }
}

async function readAll(request: AnyRequest): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of request) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

/** One process, one connection: heads and bodies go into files of their own. */
function curlCommand(origin: LabOrigin, option: string, folder: string): readonly string[] {
  const each = REQUESTS.map(({ path, args }) => [
    ...[option, '--silent', '--show-error', '--suppress-connect-headers', ...args],
    ...['--dump-header', `${folder}${path}.head`, '--output', `${folder}${path}.body`, `${origin.goproxy}${path}`],
  ])
  return ['curl', ...each.flatMap((args, at) => (at === 0 ? args : ['--next', ...args]))]
}

async function fetchDirectly(origin: LabOrigin, folder: string, option: string): Promise<Record<string, string>> {
  await writeFile(join(folder, 'upload'), randomBytes(UPLOAD_BYTES))
  const into = join(folder, 'direct')
  await mkdir(into)
  const env = { PATH: process.env['PATH'] ?? '/usr/bin:/bin', HOME: folder, CURL_CA_BUNDLE: origin.env['SSL_CERT_FILE'] ?? '' }
  const result = await runCommand(curlCommand(origin, option, into), { env, cwd: folder })
  expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode: 0, stderr: '' })
  return readFolder(into)
}

async function fetchThrough(origin: LabOrigin, folder: string, option: string) {
  const into = join(folder, 'through')
  await mkdir(into)
  const env = { ...origin.env, CURL_CA_BUNDLE: origin.env['SSL_CERT_FILE'] ?? '' }
  const command = curlCommand(origin, option, into)
  const { result, document } = await runThrough(toolchain, { ...origin, env, cwd: folder }, { options, command })
  expect({ exitCode: result.exitCode, stderr: result.stderr }).toEqual({ exitCode: 0, stderr: '' })
  return { files: await readFolder(into), document }
}

/** Heads as text, bodies by their digest. */
async function readFolder(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder)).sort()
  const entries = names.map(async (name) => {
    const octets = await readFile(join(folder, name))
    return [name, name.endsWith('.head') ? octets.toString('latin1') : digest(octets)] as const
  })
  return Object.fromEntries(await Promise.all(entries))
}

function expectDecrypted({ handshakes, diagnoses }: Document): void {
  const made = handshakes.filter(({ probeOf }) => probeOf === null)
  expect(made.length).toBeGreaterThan(0)
  expect(made.map(({ interception }) => interception)).toEqual(made.map(() => ({ kind: 'decrypted' })))
  expect(diagnoses).toEqual([])
}

function lineOf({ method, url }: AnyRequest): string {
  return `${method} ${new URL(url ?? '/', 'https://origin.example').pathname}`
}

function digest(octets: Buffer): string {
  return createHash('sha256').update(octets).digest('hex')
}

/** Paths of all stored exchanges, in the order in which they began. */
function exchangesOf({ handshakes }: Document): readonly string[] {
  return handshakes.flatMap(({ http }) => http).map(({ url }) => new URL(url).pathname)
}
