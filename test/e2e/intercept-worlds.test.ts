/** Origins on Go's own TLS that this Node cannot meet, or that refuse late: through `run --intercept` go meets what it meets alone. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import type { LabCase } from '../../src/lab/case.ts'
import { mintChain, toPem } from '../../src/lab/chain.ts'
import { listenOnLoopback } from '../../src/lab/listener.ts'
import { respondAsModuleProxy, sendReply } from '../../src/lab/module-server.ts'
import { describeOrigin, labHost } from '../../src/lab/world.ts'
import { findPlainTwin, splitReport } from './fidelity.ts'
import { downloadPlainly, listToolchains } from './go.ts'
import { withOrigin } from './scenario.ts'
import { type CaseText, expectedStderr, findRace, REFUSED_LATE } from './texts.ts'
import { runThrough } from './whytls.ts'

const [toolchain = expect.fail('no go')] = listToolchains()

/** A module proxy behind the TLS of go-server. */
function goServerCase(id: string, oddity: string, recipe = 'ok'): LabCase {
  return {
    id,
    summary: oddity,
    expect: { cause: 'ok', leg: null, stage: null },
    async up(world) {
      const host = labHost(id, world)
      const chain = await mintChain(recipe, world.now, { host })
      const plain = await listenOnLoopback(
        createServer((request, response) => sendReply(response, respondAsModuleProxy(request.url ?? '/'))),
        0,
      )
      const files = { certificate: join(world.folder, 'chain.pem'), key: join(world.folder, 'key.pem') }
      await writeFile(files.certificate, chain.sent.map(toPem).join(''))
      await writeFile(files.key, chain.key?.export({ type: 'pkcs8', format: 'pem' }) ?? '')
      const server = spawn(join(folder, 'server'), [files.certificate, files.key, String(plain.port), oddity], {
        stdio: ['ignore', 'pipe', 'inherit'],
      })
      const [port] = await once(createInterface({ input: server.stdout }), 'line')
      const close = async () => {
        server.kill()
        await plain.close()
      }
      return describeOrigin(world, { host, port: Number(port), rootsPem: chain.rootsPem, served: chain.served, close })
    },
  }
}

async function runBoth(id: string, oddity: string, { recipe, text }: { readonly recipe?: string; readonly text?: CaseText } = {}) {
  return withOrigin(goServerCase(id, oddity, recipe), async (origin) => {
    const plain = await downloadPlainly(toolchain, origin)
    const { result, document } = await runThrough(toolchain, origin, { options: ['--intercept'] })
    const { go } = splitReport(result.stderr)
    const twin = await findPlainTwin(toolchain, origin, plain, go, findRace(text, origin, toolchain.version))
    const own = document.handshakes.filter(({ probeOf }) => probeOf === null)
    return { origin, plain, twin, result, goSays: normaliseGoText(go), reasons: own.map(({ interception }) => interception), document }
  })
}

/** OpenSSL has it since 3.5. */
const HAS_MLKEM = /^(?:3\.(?:[5-9]|\d\d)|[4-9]|\d\d)\b/.test(process.versions['openssl'] ?? '')

let folder = ''

/** With this machine's own build cache: a cold one takes minutes. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'whytls-go-server-'))
  await cp(new URL('go-server/', import.meta.url), folder, { recursive: true })
  await writeFile(join(folder, 'go.mod'), 'module go-server\n\ngo 1.26\n')
  await promisify(execFile)(toolchain.go, ['build', '-o', 'server', '.'], { cwd: folder, env: { ...process.env, GOTOOLCHAIN: 'local' } })
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

describe('run --intercept', () => {
  it('passes through what needs a key exchange group that this Node lacks, and says so; decrypts it where Node has it', async () => {
    const { plain, result, goSays, reasons } = await runBoth('worlds-mlkem', 'mlkem1024')
    expect(plain).toMatchObject({ exitCode: 0, stderr: '' })
    expect({ exitCode: result.exitCode, goSays }).toEqual({ exitCode: 0, goSays: '' })
    expect(reasons.length).toBeGreaterThan(0)
    const because = expect.stringMatching(/refused our handshake|cannot complete/)
    for (const reason of reasons) expect(reason).toMatchObject(HAS_MLKEM ? { kind: 'decrypted' } : { kind: 'passed-through', because })
  })

  it('decrypts or passes through an origin with a key on P-224, which go takes', async () => {
    const { plain, result, goSays, reasons } = await runBoth('worlds-p224', 'tls12', { recipe: 'p-224' })
    expect(plain).toMatchObject({ exitCode: 0, stderr: '' })
    expect({ exitCode: result.exitCode, goSays }).toEqual({ exitCode: 0, goSays: '' })
    expect(reasons.length).toBeGreaterThan(0)
  })

  it('lets go meet an alert that comes behind the handshake', async () => {
    const { origin, plain, twin, result, goSays, reasons } = await runBoth('worlds-late', 'late-alert', { text: REFUSED_LATE })
    expect(plain.stderr).toMatch(expectedStderr(REFUSED_LATE, origin, toolchain.version))
    expect({ exitCode: result.exitCode, goSays }).toEqual({ exitCode: plain.exitCode, goSays: twin })
    expect(reasons[0]).toMatchObject({ kind: 'passed-through', because: expect.stringContaining('bad_certificate') })
  })
})
