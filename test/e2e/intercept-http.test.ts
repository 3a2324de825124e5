/** `whytls serve --intercept`: nobody hears go's words, and the HTTP alone says what failed; a run that is sound has no diagnosis. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { defineHttpCase } from '../../src/lab/http-case.ts'
import { LAB_MODULE, respondAsModuleProxy, sendReply, textReply } from '../../src/lab/module-server.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { MAIN, serverEnvironment, startServer, stopServer } from './whytls.ts'

const [toolchain = expect.fail('no go')] = listToolchains()

/** go beside a server that decrypts; `goproxy` may name more than the origin. */
function serveAndDownload(origin: LabOrigin, argv: readonly string[], goproxy = origin.goproxy) {
  return inFreshFolder(async (home) => {
    const roots = origin.env['SSL_CERT_FILE'] ?? ''
    const own = { ...serverEnvironment(origin, home), SSL_CERT_FILE: roots }
    const server = await startServer(own, ['--intercept'])
    const variables = Object(server.said['environment']) as Record<string, string> // what the banner printed
    const fresh = await freshEnvironment(toolchain, origin, join(home, 'client'))
    const env = { ...fresh, ...variables, HTTPS_PROXY: server.proxy, GOPROXY: goproxy }
    const result = await runCommand([toolchain.go, ...argv], { env, cwd: home })
    const exported = await runCommand([process.execPath, MAIN, 'export', '--json', '--wait'], { env: own, cwd: home })
    await stopServer(server.child)
    const document = JSON.parse(exported.stdout) as Document // the schema test of the contract checks this shape
    return { result, document, causes: document.diagnoses.map(({ cause, confidence }) => `${cause} ${confidence}`) }
  })
}

const FAILING = ['http-400', 'http-401', 'http-403', 'http-404', 'http-407', 'http-429', 'http-5xx', 'redirect-insecure'] as const
const ALSO = ['redirect-loop', 'body-truncated', 'invalid-module-response', 'http2-refused'] as const

describe('serve --intercept', () => {
  it.each([...FAILING, ...ALSO])('%s is found in the HTTP, without a word of go', (id) =>
    withOrigin(LAB_CASES[id], async (origin) => {
      const { result, causes } = await serveAndDownload(origin, ['mod', 'download', origin.module])
      expect(result.exitCode).toBe(1)
      expect(new Set(causes)).toEqual(new Set([`${id} likely`]))
    }),
  )

  it('redirect-loop is found where two hosts send go to one another', () => {
    let back = ''
    return withOrigin(
      redirecting('intercept-there', () => back),
      (there) =>
        withOrigin(
          redirecting('intercept-here', () => there.goproxy),
          async (here) => {
            back = here.goproxy
            const env = { ...here.env, ...(await bothRoots(here, there)) }
            const { result, causes } = await serveAndDownload({ ...here, env }, ['mod', 'download', here.module])
            expect(result.stderr).toContain('stopped after 10 redirects')
            expect(new Set(causes)).toEqual(new Set(['redirect-loop likely']))
          },
        ),
    )
  })

  it('says nothing of redirects to a storage, however many', () => {
    const served = new Set<string>()
    return withOrigin(storing('intercept-storage', served), (storage) =>
      withOrigin(
        redirecting('intercept-mirror', () => `${storage.goproxy}/blob?of=`),
        async (mirror) => {
          const env = { ...mirror.env, ...(await bothRoots(mirror, storage)) }
          const modules = Array.from({ length: 8 }, (_, n) => `lab.whytls.test/m${n}@v1.0.0`)
          const { result, causes } = await serveAndDownload({ ...mirror, env }, ['mod', 'download', ...modules])
          expect({ exitCode: result.exitCode, causes }).toEqual({ exitCode: 0, causes: [] })
          expect(served.size).toBe(24)
        },
      ),
    )
  })

  it('says nothing where GOPROXY names another entry behind the one that refuses', () =>
    withOrigin(LAB_CASES.ok, (sound) =>
      withOrigin(refusing('intercept-fallback', 403), async (origin) => {
        const env = { ...origin.env, ...(await bothRoots(origin, sound)) }
        const both = `${origin.goproxy}|${sound.goproxy}`
        const { result, causes } = await serveAndDownload({ ...origin, env }, ['mod', 'download', `${LAB_MODULE.path}@v1.0.0`], both)
        expect({ exitCode: result.exitCode, causes }).toEqual({ exitCode: 0, causes: [] })
      }),
    ))

  it('says nothing of paths that go tries in vain while it looks for a module', () =>
    withOrigin(onlyHello('intercept-lookup'), async (origin) => {
      const { result, document, causes } = await serveAndDownload(origin, ['list', '-m', '-versions', `${LAB_MODULE.path}`])
      expect({ exitCode: result.exitCode, causes }).toEqual({ exitCode: 0, causes: [] })
      expect(document.handshakes.flatMap(({ http }) => http).length).toBeGreaterThan(0)
      const run = await serveAndDownload(origin, ['run', `${LAB_MODULE.path}/cmd/tool@latest`])
      expect(run.document.handshakes.flatMap(({ http }) => http.map(({ status }) => status))).toContain(404)
      expect(run.causes).toEqual([])
    }))
})

function refusing(id: string, status: number): LabCase {
  return defineHttpCase({ id, summary: 'every request is refused', answer: (_, response) => sendReply(response, textReply(status, 'no')) })
}

/** Sends each request elsewhere: its path is appended to what `to` says. */
function redirecting(id: string, to: () => string): LabCase {
  const away = (path = '/') => textReply(302, 'this way', { location: `${to()}${path}` })
  return defineHttpCase({ id, summary: 'all is elsewhere', answer: (request, response) => sendReply(response, away(request.url)) })
}

/** Serves modules at addresses that do not name them. */
function storing(id: string, served: Set<string>): LabCase {
  const respond = (path: string) => {
    served.add(path)
    return respondAsModuleProxy(path.slice('/blob?of='.length))
  }
  return defineHttpCase({ id, summary: 'a storage', answer: (request, response) => sendReply(response, respond(request.url ?? '/')) })
}

/** Serves one module and nothing below or above its path. */
function onlyHello(id: string): LabCase {
  const respond = (path: string) => (path.startsWith(`/${LAB_MODULE.path}/@`) ? respondAsModuleProxy(path) : textReply(404, 'not found'))
  return defineHttpCase({ id, summary: 'one module', answer: (request, response) => sendReply(response, respond(request.url ?? '/')) })
}

async function bothRoots(one: LabOrigin, other: LabOrigin): Promise<Record<string, string>> {
  const file = `${one.env['SSL_CERT_FILE']}.both.pem`
  const texts = await Promise.all([one, other].map(({ env }) => readFile(env['SSL_CERT_FILE'] ?? '', 'utf8')))
  await writeFile(file, texts.join('\n'))
  return { SSL_CERT_FILE: file }
}
