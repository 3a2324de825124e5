/** What the judge of ServerHellos predicts, and what real go says to the same octets. */
import { execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { judgeServer } from '../../src/handshake/go-judge.ts'
import type { GoRefusal } from '../../src/handshake/go-refusal.ts'
import { listServerSteps, type ServerStep } from '../../src/handshake/go-steps.ts'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { readClientHello } from '../../src/lab/raw-messages.ts'
import { startTcpServer } from '../../src/lab/tcp-server.ts'
import { listToolchains, type Toolchain } from './go.ts'
import { type Mutation, mutate } from './hello-mutations.ts'

const COUNT = 150
const SEED = 7

/** One connection: what was sent, and what both say. */
interface Trial {
  readonly name: string
  readonly predicted: GoRefusal | undefined
  /** Code of go's alert in clear, "hidden" for one that is encrypted, null for none. */
  readonly alert: number | 'hidden' | null
}

const folder = mkdtempSync(join(tmpdir(), 'whytls-judge-'))
beforeAll(() => cpSync(new URL('go-client/', import.meta.url), folder, { recursive: true }))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** Each go builds its own crypto/tls first. */
const BUILD_MS = 300_000

describe.each(listToolchains())('go $version', (toolchain) => {
  it(
    `refuses ${COUNT} wrong answers in the words and with the alert that the judge gives`,
    async () => {
      const { trials, texts } = await compare(toolchain)
      expect(texts.length).toBe(COUNT)
      const differences = trials.flatMap((trial, at) => describeDifference(trial, texts[at] ?? 'nothing'))
      const refused = trials.filter(({ predicted }) => predicted !== undefined)
      expect(refused.length).toBeGreaterThan(COUNT / 2)
      // What stands in a record of encrypted octets is unknown to the judge, so one in a hundred may differ.
      expect(differences.length, differences.join('\n')).toBeLessThanOrEqual(COUNT / 100)
    },
    BUILD_MS,
  )
})

function describeDifference({ name, predicted, alert }: Trial, text: string): string[] {
  const said = CLOSED.has(text) ? undefined : text
  const expected = predicted?.text
  const wanted = predicted === undefined ? null : predicted.isAlertHidden ? 'hidden' : predicted.alert
  if (said !== expected) return [`${name}: go said ${said}, predicted ${expected}`]
  return said === undefined || alert === wanted ? [] : [`${name}: go sent alert ${alert}, predicted ${wanted} (${said})`]
}

/** The server closes behind its answer, so this is what an answer without a fault ends in. */
const CLOSED: ReadonlySet<string> = new Set(['EOF', 'unexpected EOF'])

async function compare({ go, version }: Toolchain): Promise<{ readonly trials: readonly Trial[]; readonly texts: readonly string[] }> {
  const client = build(go, version)
  const trials: Promise<Trial>[] = []
  const server = await startTcpServer(
    {
      onConnect(socket) {
        const n = trials.length
        trials.push(
          new Promise((resolve) => {
            const observer = new HandshakeObserver()
            let received = Buffer.alloc(0)
            let mutation: Mutation | null = null
            let round = 0
            const clientOctets: Buffer[] = []
            socket.on('data', (bytes: Buffer) => {
              observer.feed('client-to-server', bytes, 0)
              clientOctets.push(bytes)
              received = Buffer.concat([received, bytes])
              const hello = readClientHello(received)
              if (hello !== undefined && mutation === null) mutation = mutate(SEED, n, hello)
              const isHello = round === 0 || bytes.includes(Buffer.from([22, 3, 3]))
              const answer = isHello ? mutation?.answers[round] : undefined
              if (answer === undefined) return
              round += 1
              observer.feed('server-to-client', answer, 0)
              socket.write(answer)
              if (round === mutation?.answers.length) socket.end()
            })
            socket.on('error', () => {})
            socket.on('close', () => {
              const transcript = observer.transcript()
              const hidden = (mutation?.hidden ?? []).map(
                (message): ServerStep => ({
                  kind: 'message',
                  type: message[0] ?? 0,
                  body: message.subarray(4),
                  isHidden: true,
                  behindBytes: 0,
                  recordVersion: '0x0303',
                }),
              )
              const steps = [
                ...listServerSteps(transcript, null).filter(
                  (step) => step.kind === 'message' || step.contentType !== 23 || hidden.length === 0,
                ),
                ...hidden,
              ]
              const predicted = judgeServer({ clientHellos: transcript.clientHellos, steps, goVersion: version })
              resolve({ name: mutation?.name ?? 'none', predicted, alert: lastAlert(Buffer.concat(clientOctets)) })
            })
            socket.on('end', () => socket.destroy())
          }),
        )
      },
    },
    0,
  )
  const texts = await run(client, server.port)
  const settled = await Promise.all(trials)
  await server.close()
  return { trials: settled, texts }
}

function lastAlert(octets: Buffer): Trial['alert'] {
  let found: Trial['alert'] = null
  for (let at = 0; at + 5 <= octets.length; at += 5 + octets.readUInt16BE(at + 3)) {
    if (octets[at] === 21) found = octets[at + 6] ?? null
    if (octets[at] === 23) found = 'hidden'
  }
  return found
}

function build(go: string, version: string): string {
  const out = join(folder, `client-${version}`)
  writeFileSync(join(folder, 'go.mod'), `module go-client\n\ngo ${version.split('.').slice(0, 2).join('.')}\n`)
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-mod=mod', GOPROXY: 'off', GOCACHE: join(folder, 'cache'), HOME: folder }
  execFileSync(go, ['build', '-o', out, '.'], { cwd: folder, env, stdio: 'pipe' })
  return out
}

function run(client: string, port: number): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(client, [`127.0.0.1:${port}`, String(COUNT)], { stdio: ['ignore', 'pipe', 'inherit'] })
    const chunks: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('error', reject)
    child.on('close', () => {
      const lines = Buffer.concat(chunks).toString('utf8').trim().split('\n')
      resolve(lines.map((line) => String(JSON.parse(line))))
    })
  })
}
