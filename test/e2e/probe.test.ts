/** `whytls probe` against lab worlds, and what earlier handshakes add to a later diagnosis. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase } from '../../src/lab/case.ts'
import { certExpired } from '../../src/lab/cases/cert-expired.ts'
import { missingIntermediate } from '../../src/lab/cases/missing-intermediate.ts'
import { ok } from '../../src/lab/cases/ok.ts'
import { peerSilent } from '../../src/lab/cases/peer-silent.ts'
import { type MintedChain, mintChain } from '../../src/lab/chain.ts'
import { startTlsOrigin } from '../../src/lab/tls-origin.ts'
import { describeOrigin, labHost } from '../../src/lab/world.ts'
import { inFreshFolder } from './go.ts'
import { endWhytls, type LiveEnd, printStop, resolveOptions, startWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

/** `whytls probe HOST:PORT` against a raised case. */
function probeCase(labCase: LabCase, options: readonly string[] = []): Promise<LiveEnd> {
  return withOrigin(labCase, (origin) =>
    inFreshFolder(async (home) => {
      const argv = ['probe', `${origin.host}:${origin.port}`, ...resolveOptions(origin), ...options]
      return endWhytls(argv, { env: await userEnvironment(origin, home), cwd: home })
    }),
  )
}

function documentOf(json: string): Document {
  return JSON.parse(json) as Document // our own schema, tested elsewhere
}

describe('whytls probe', () => {
  it('says each stage and ends with 0 where go would accept', async () => {
    const end = await probeCase(ok)
    expect(end).toMatchObject({ code: 0, stderr: '' })
    const stages = ['probing ok.whytls.test', 'DNS', 'ClientHello', 'ServerHello', 'Certificate', 'Finished', 'passes: go would accept']
    const at = stages.map((stage) => end.stdout.indexOf(stage))
    expect(at).toEqual([...at].sort((a, b) => a - b))
    expect(at).not.toContain(-1)
  })
  it('ends with 1 and the block where go would not', async () => {
    const end = await probeCase(certExpired)
    expect(end.code).toBe(1)
    expect(end.stdout).toContain('\nerror[cert-expired]: ')
    expect(end.stdout).not.toContain('go sent an alert')
  })
  it('gives up on silence after 10 s and says so', async () => {
    const end = await probeCase(peerSilent)
    console.info(`probe of a silent host: ${(end.durationMs / 1000).toFixed(1)} s`)
    expect(end.code).toBe(1)
    expect(end.stdout).toContain('\nerror[peer-silent]: ')
    expect(end.durationMs).toBeGreaterThan(9_900)
  })
  it('says what is known after Ctrl-C, at once', async () => {
    const end = await withOrigin(peerSilent, (origin) =>
      inFreshFolder(async (home) => {
        const argv = ['probe', `${origin.host}:${origin.port}`, ...resolveOptions(origin)]
        const live = startWhytls(argv, { env: await userEnvironment(origin, home), cwd: home })
        await live.until(/ClientHello/)
        live.signalGroup('SIGINT')
        return live.ended
      }),
    )
    expect(end.signal).toBeNull()
    expect(end.code).toBe(3)
    expect(end.stdout).toContain('could not tell')
    expect(end.stdout).not.toContain('error[')
    printStop(end)
  })
  it('is certain of a missing intermediate that --aia fetches, and only then', async () => {
    const without = documentOf((await probeCase(missingIntermediate, ['--json'])).stdout)
    const fetched = await probeCase(missingIntermediate, ['--json', '--aia'])
    expect(fetched.code).toBe(1)
    expect(without.diagnoses.map(({ confidence }) => confidence)).not.toContain('certain')
    expect(documentOf(fetched.stdout).diagnoses).toMatchObject([{ cause: 'missing-intermediate', confidence: 'certain' }])
  })
  it('hands out the intermediate that --aia fetched, as PEM for the owner of the server, and nothing where none is known', async () => {
    const { written, fixed, none } = await withOrigin(missingIntermediate, (origin) =>
      inFreshFolder(async (folder) => {
        const env = await userEnvironment(origin, folder)
        const whytls = (...argv: string[]) => endWhytls(argv, { env, cwd: folder })
        const target = `${origin.host}:${origin.port}`
        const before = await whytls('export', '--missing', target)
        await whytls('probe', target, '--aia', ...resolveOptions(origin))
        const pem = await whytls('export', '--missing', target)
        // What the owner would send verifies with the same roots.
        const [seen] = documentOf((await whytls('export')).stdout).handshakes
        await writeFile(join(folder, 'chain.pem'), `${pemOf(seen?.certificates?.chain[0]?.der ?? '')}${pem.stdout}`)
        const roots = origin.env['SSL_CERT_FILE'] ?? ''
        const check = await whytls('verify', '--chain', join(folder, 'chain.pem'), '--roots', roots, '--host', origin.host)
        return { none: before, written: pem.stdout, fixed: check }
      }),
    )
    expect(none.code).toBe(2)
    expect(none.stderr).toContain('--aia')
    expect(written).toMatch(/^# for the owner of .*\n-----BEGIN CERTIFICATE-----\n/)
    expect(fixed.code).toBe(0)
  })
})

describe('history', () => {
  it.each([
    ['a download in TLS 1.2 from a sibling that sends its whole chain', 'run'],
    ['a probe of a sibling that sends its whole chain', 'probe'],
  ] as const)('makes a missing intermediate certain: %s', async (_what, how) => {
    const documents = await inFreshFolder(async (home) => {
      const chain = await mintChain('missing-intermediate', new Date(), {
        host: labHost('siblings', {}),
        aia: 'http://127.0.0.1:1/none.cer',
      })
      const whole = sibling(chain, ['leaf', 'intermediate'])
      const broken = sibling(chain, ['leaf'])
      const before = await download(broken, join(home, 'other'))
      await (how === 'run' ? download(whole, home) : visit(whole, home))
      return [before, await download(broken, home)]
    })
    expect(
      documents.map(({ diagnoses }) => diagnoses.map(({ cause, confidence }) => ({ cause, isCertain: confidence === 'certain' }))),
    ).toEqual([[{ cause: 'missing-intermediate', isCertain: false }], [{ cause: 'missing-intermediate', isCertain: true }]])
  })
})

function pemOf(base64: string): string {
  return `-----BEGIN CERTIFICATE-----\n${(base64.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`
}

/** An origin in TLS 1.2 that sends these certificates of a chain. */
function sibling(chain: MintedChain, sends: readonly string[]): LabCase {
  const sent = sends.flatMap((name) => chain.byName.get(name) ?? [])
  return {
    id: 'siblings',
    summary: `sends ${sends.join(', ')}`,
    expect: { cause: 'ok', leg: null, stage: null },
    async up(world) {
      if (chain.key === null) throw new Error('the leaf has no private key')
      const server = await startTlsOrigin({ sent, key: chain.key, maxVersion: 'TLSv1.2' }, world.port)
      return describeOrigin(world, { host: labHost('siblings', {}), port: server.port, rootsPem: chain.rootsPem, close: server.close })
    },
  }
}

/** `whytls run -- go mod download` with an empty module cache and the database of `home`. */
function download(labCase: LabCase, home: string): Promise<Document> {
  return withOrigin(labCase, (origin) =>
    inFreshFolder(async (fresh) => {
      const env = { ...(await userEnvironment(origin, fresh)), WHYTLS_HOME: join(home, 'whytls') }
      const json = join(fresh, 'run.json')
      await endWhytls(['run', '--json', json, '--', 'go', 'mod', 'download', origin.module], { env, cwd: fresh })
      return documentOf(await readFile(json, 'utf8'))
    }),
  )
}

function visit(labCase: LabCase, home: string): Promise<LiveEnd> {
  return withOrigin(labCase, async (origin) => {
    const env = { ...(await userEnvironment(origin, home)), WHYTLS_HOME: join(home, 'whytls') }
    return endWhytls(['probe', `${origin.host}:${origin.port}`, ...resolveOptions(origin)], { env, cwd: home })
  })
}
