/** Our verifier beside the real one, on chains that nobody chose by hand. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { verifyBatchLine } from '../../src/x509/batch.ts'
import { type ChainLine, makeChains } from './differential/chains.ts'

const COUNT = 5000
const SEED = 20261122
const PROGRAM = join(import.meta.dirname, 'differential')

interface GoVerdict {
  readonly id: string
  readonly ok: boolean
  readonly goText: string
  readonly tlsText: string
}

const folder = mkdtempSync(join(tmpdir(), 'whytls-differential-'))
const env = { ...process.env, GOWORK: 'off', GOFLAGS: '', GODEBUG: '', GOPROXY: 'off', TZ: 'UTC' }

/** The oldest go beside the newest: fewer chains, for its rules are tried by the corpora, too. */
const SIDES = [
  { release: '1.26', toolchain: 'local', modfile: 'go.mod', count: COUNT },
  { release: '1.21', toolchain: 'go1.21.13', modfile: 'go1.21.mod', count: 1500 },
] as const
type Side = (typeof SIDES)[number]

/** The version of the toolchain, undefined where it is not on this machine: nothing is fetched here. */
function versionOf({ release, toolchain }: Side): string | undefined {
  const asked = spawnSync('go', ['env', 'GOVERSION'], { env: { ...env, GOTOOLCHAIN: toolchain }, encoding: 'utf8', cwd: folder })
  const version = /^go(1\.\d+\.\d+)/.exec(asked.stdout ?? '')?.[1]
  return version?.startsWith(`${release}.`) === true ? version : undefined
}

function build({ release, toolchain, modfile }: Side): string {
  const program = join(folder, `judge-${release}`)
  const options = { env: { ...env, GOTOOLCHAIN: toolchain }, encoding: 'utf8', cwd: PROGRAM } as const
  const built = spawnSync('go', ['build', '-modfile', modfile, '-o', program, '.'], options)
  if (built.status !== 0) throw new Error(`go build: ${built.stderr}`)
  return program
}

afterAll(() => rmSync(folder, { recursive: true, force: true }))

function judgeWithGo(program: string, chains: readonly ChainLine[]): readonly GoVerdict[] {
  const input = chains.map((chain) => JSON.stringify(chain)).join('\n')
  const { stdout, stderr, status } = spawnSync(program, { env, input, encoding: 'utf8', maxBuffer: 1 << 28 })
  if (status !== 0) throw new Error(`the go program: ${stderr}`)
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as GoVerdict) // written by our own program
}

describe('beside the real crypto/x509', () => {
  it.each(SIDES)(
    'of go $release, $count generated chains have the same verdict in all cases and the same text in 99 of 100',
    (side) => {
      const { release, count } = side
      const version = versionOf(side)
      if (version === undefined) {
        if (process.env['CI'] === 'true' && release === '1.26') throw new Error('go 1.26 is missing; the differential test needs it')
        console.warn(`NOT CHECKED: go ${release} is missing, so our verifier was not compared with it`)
        return
      }
      const chains = makeChains(count, SEED, version)
      const wanted = judgeWithGo(build(side), chains)
      const wrong: string[] = []
      const otherWords: string[] = []
      const texts = new Set<string>()
      for (const [i, chain] of chains.entries()) {
        const line = JSON.stringify(chain)
        const got = verifyBatchLine(line)
        const want = wanted[i]
        if ('error' in got || want === undefined) throw new Error(`${chain.id}: no verdict`)
        texts.add(want.goText.replace(/"[^"]*"|\d+/g, '#'))
        const isSame = got.ok === want.ok && (got.goText === '') === (want.goText === '')
        if (!isSame && !isWeakLeaf(got.tlsText, want)) wrong.push(`go: ${want.goText}\nus: ${got.goText} ${got.tlsText}\n${line}`)
        else if (got.goText !== want.goText) otherWords.push(`go: ${want.goText}\nus: ${got.goText}\n${line}`)
      }
      const accepted = wanted.filter(({ ok }) => ok).length
      console.info(
        `differential, go ${version}: ${count} chains, ${accepted} accepted, ${texts.size} kinds of text, ${wrong.length} other verdicts, ${otherWords.length} other texts`,
      )
      for (const words of otherWords.slice(0, 3)) console.info(words)
      expect(wrong.slice(0, 3)).toEqual([])
      expect(otherWords.length, otherWords.slice(0, 5).join('\n\n')).toBeLessThanOrEqual(count / 100)
      // A generator that makes only sound or only broken chains would show nothing.
      expect(accepted).toBeGreaterThan(count / 20)
      expect(texts.size).toBeGreaterThan(30)
    },
    600_000,
  )
})

/** An RSA key under 1024 bits in the leaf is refused by crypto/tls at CertificateVerify, which this program does not reach. */
function isWeakLeaf(tlsText: string, want: GoVerdict): boolean {
  return want.ok && tlsText.startsWith('tls: invalid signature by the server certificate: crypto/rsa: 512-bit keys are insecure')
}
