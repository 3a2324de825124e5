/** Telling apart by changed ClientHellos: by hand with `probe --bisect`, and beside a go that still waits. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { ok } from '../../src/lab/cases/ok.ts'
import { sniFiltered } from '../../src/lab/cases/sni-filtered.ts'
import { defineMiddleboxCase, overOneSegment } from '../../src/lab/middlebox.ts'
import { inFreshFolder } from './go.ts'
import { endWhytls, type LiveEnd, resolveOptions, startWhytls, userEnvironment } from './live.ts'
import { withOrigin } from './scenario.ts'

const tooLarge = defineMiddleboxCase({
  id: 'bisected',
  summary: 'a ClientHello of more than 1,460 bytes is reset',
  cause: 'client-hello-too-large',
  dislikes: overOneSegment,
  refusal: 'reset',
})
const vanishing = defineMiddleboxCase({
  ...tooLarge,
  id: 'vanishing',
  cause: 'client-hello-too-large',
  dislikes: overOneSegment,
  refusal: 'silence',
})
const mute = defineMiddleboxCase({ ...tooLarge, id: 'mute', cause: 'peer-silent', dislikes: () => true, refusal: 'silence' })

interface Place {
  readonly origin: LabOrigin
  readonly home: string
  readonly env: Record<string, string>
}

function at<T>(labCase: LabCase, use: (place: Place) => Promise<T>): Promise<T> {
  return withOrigin(labCase, (origin) => inFreshFolder(async (home) => use({ origin, home, env: await userEnvironment(origin, home) })))
}

function bisect({ origin, home, env }: Place, ...options: readonly string[]): Promise<LiveEnd> {
  return endWhytls(['probe', `${origin.host}:${origin.port}`, ...resolveOptions(origin), '--bisect', ...options], { env, cwd: home })
}

async function run({ origin, home, env }: Place, ...options: readonly string[]): Promise<LiveEnd & { readonly document: Document }> {
  const json = join(home, 'run.json')
  const end = await endWhytls(['run', ...options, '--json', json, '--', 'go', 'mod', 'download', origin.module], { env, cwd: home })
  return { ...end, document: JSON.parse(await readFile(json, 'utf8')) as Document } // our own schema, tested elsewhere
}

describe('whytls probe --bisect', () => {
  it('has the go of PATH say its hello, tells each try, then the table and the cause', async () => {
    const end = await at(tooLarge, (place) => bisect(place))
    expect(end.code).toBe(1)
    expect(end.stdout).toMatch(
      /bisect: which change .* \(go 1\.\d+\.\d+ said it just now, to whytls alone\)\n {2}as go does it +1,5\d\d B {2}\S+ {2}reset/,
    )
    expect(end.stdout).toMatch(
      /bisect: what makes it pass\? 12 tries, .*\n {2}as go does it .*\n {2}no ML-KEM +3\d\d B .* <- first change that works\n/,
    )
    expect(end.stdout).toContain('\nerror[client-hello-too-large]: ')
  })

  it("takes go's own hello where one is stored, and stores what it learned", async () => {
    const [ran, end, shown] = await at(sniFiltered, async (place) => [
      await run(place),
      await bisect(place),
      await endWhytls(['show', '3'], { env: place.env, cwd: place.home }),
    ])
    expect(ran.document.diagnoses.map(({ cause }) => cause)).toEqual(['sni-filtered'])
    expect(end.stdout).toMatch(/\(go's own of #\d+\)/)
    expect(end.stdout).toContain('\nerror[sni-filtered]: ')
    expect(shown.stdout).toContain('bisect: what makes it pass?')
  })

  it('takes the measured hello where there is no go', async () => {
    const end = await at(tooLarge, (place) => bisect({ ...place, env: { ...place.env, PATH: '/nonexistent' } }, '--json'))
    const [handshake] = (JSON.parse(end.stdout) as Document).handshakes
    expect(handshake?.clientHello).toMatchObject({ looksLike: 'go 1.26', serverName: 'bisected.whytls.test' })
    expect(handshake?.trials.find(({ change }) => change === 'no ML-KEM')).toMatchObject({ results: ['passed', 'passed', 'passed'] })
  })

  it('has nothing to tell apart where go is answered', async () => {
    const end = await at(ok, (place) => bisect(place))
    expect(end.stdout).toContain("go's own ClientHello is answered: nothing to tell apart")
    expect(end.code).toBe(0)
  })

  it('says what is known at once after Ctrl-C', async () => {
    const end = await at(mute, async ({ origin, home, env }) => {
      const argv = ['probe', `${origin.host}:${origin.port}`, ...resolveOptions(origin), '--bisect']
      const live = startWhytls(argv, { env, cwd: home })
      await live.until(/as go does it/)
      live.signalGroup('SIGINT')
      return live.ended
    })
    expect(end.signal).toBeNull()
    expect(end.stdout).toContain('bisect: what makes it pass? 1 try')
  })
})

describe('whytls run', () => {
  it('has its answer after a go that waited in vain until its own time limit', async () => {
    const { document, durationMs } = await at(vanishing, (place) => run(place))
    const [go] = document.handshakes.filter(({ mode }) => mode === 'observe')
    expect(document.diagnoses).toMatchObject([{ cause: 'client-hello-too-large', confidence: 'high' }])
    console.info(`go waited ${go?.durationMs} ms, whytls answered after ${Math.round(durationMs)} ms`)
    expect(go?.durationMs).toBeGreaterThan(9_900)
    expect(document.diagnoses[0]?.goText?.text).toContain('net/http: TLS handshake timeout')
  })

  it('tries nothing with --no-probe, and says less', async () => {
    const { document } = await at(sniFiltered, (place) => run(place, '--no-probe'))
    expect(document.handshakes.map(({ trials }) => trials)).toEqual([[]])
    expect(document.diagnoses).toMatchObject([{ cause: 'peer-reset' }])
    expect(document.diagnoses[0]?.alsoPossible.map(({ cause }) => cause)).toContain('sni-filtered')
  })

  it('tries at most twelve hellos of one host, go’s own among them', async () => {
    const { document } = await at(tooLarge, (place) => run(place))
    const tries = document.handshakes.map(({ trials }) => trials.flatMap(({ results }) => results).length)
    expect(Math.max(...tries)).toBeLessThanOrEqual(12)
  })
})
