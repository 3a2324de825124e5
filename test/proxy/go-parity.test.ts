import { execFile, spawnSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

interface TextRow {
  readonly kind: 'text'
  readonly name: string
  readonly alone: string
  readonly through: string
  readonly events: readonly string[]
}

interface RouteRow {
  readonly kind: 'route'
  readonly host: string
  readonly env: Readonly<Record<string, string>>
  readonly isProxied: boolean
  readonly chosen: string
  readonly counting: string
}

let folder = ''
let rows: readonly (TextRow | RouteRow)[] = []

/** What differs between two runs of plain go too: the ends of a TCP or UDP connection. */
function normalise(text: string): string {
  return text.replace(/127\.0\.0\.1:\d+->127\.0\.0\.1:\d+/g, 'LOCAL->PEER')
}

/** A network namespace of our own and go itself are needed; where they are missing, CI fails and a developer is told. */
function canRun(): boolean {
  const isPossible = spawnSync('unshare', ['-Urnm', 'go', 'version']).status === 0
  if (!isPossible && process.env['CI'] === 'true') throw new Error('unshare -Urnm or go is missing here')
  if (!isPossible) console.warn('NOT CHECKED against the real go: `unshare -Urnm go version` does not run here')
  return isPossible
}

describe('go through the proxy', () => {
  beforeAll(async () => {
    if (!canRun()) return
    folder = await mkdtemp(join(tmpdir(), 'whytls-parity-'))
    const script = join(folder, 'parity.mjs')
    await build({ entryPoints: ['test/proxy/fixtures/go-parity.ts'], bundle: true, platform: 'node', format: 'esm', outfile: script })
    await writeFile(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\nsearch corp.test\n')
    const inside = `ip link set lo up && mount --bind ${folder}/resolv.conf /etc/resolv.conf && exec "$0" ${script}`
    const { stdout } = await promisify(execFile)('unshare', ['-Urnm', 'sh', '-c', inside, process.execPath], { maxBuffer: 1 << 24 })
    rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  it('prints what it prints alone, byte for byte, whatever fails before TLS', () => {
    for (const row of rows) if (row.kind === 'text') expect(normalise(row.through), row.name).toBe(normalise(row.alone))
  })

  it('is sent by the route that it takes alone', () => {
    for (const row of rows) {
      if (row.kind === 'route')
        expect(row.chosen === row.counting, `${row.host} ${JSON.stringify(row.env)} ${row.chosen}`).toBe(row.isProxied)
    }
  })

  it('is told with the kind of each failure, and every connection that was opened is closed', () => {
    if (rows.length === 0) return
    const told = Object.fromEntries(rows.flatMap((row) => (row.kind === 'text' ? [[row.name, row.events]] : [])))
    for (const [name, wanted] of Object.entries(KINDS)) expect(told[name], name).toContain(wanted)
    for (const [name, events] of Object.entries(told)) expect(events.at(-1), name).toMatch(/^closed /)
  })
})

const KINDS = {
  'tcp refused': 'dial-failed upstream refused',
  'tcp unreachable': 'dial-failed upstream unreachable',
  nxdomain: 'dial-failed upstream nxdomain',
  'no address': 'dial-failed upstream no-address',
  servfail: 'dial-failed upstream servfail',
  'dns silent': 'dial-failed upstream dns-timeout',
  'parent refused': 'dial-failed parent refused',
  'parent unknown': 'dial-failed parent nxdomain',
  'parent closes': 'connect-failed closed',
  'parent resets': 'connect-failed reset',
  'parent speaksSsh': 'connect-failed not-http',
  'parent forbids': 'connect-answered 403',
  'parent asks': 'connect-answered 407',
  'parent interim': 'connect-answered 100',
  'origin resetsWithData': 'closed server rst',
  'origin closes': 'closed server fin',
}
