/** What `whytls export --pcapng` wrote of a real run comes back by `whytls import` as it was seen: stage, cause, chain. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../src/contract/document.ts'
import type { LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'
import { freshEnvironment, inFreshFolder, listToolchains, runCommand } from './go.ts'
import { withOrigin } from './scenario.ts'
import { MAIN } from './whytls.ts'

/** One of each stage and of both versions; cases before TLS and behind it leave no TLS in a capture. */
const IDS = [
  ...['cert-expired', 'cert-expired/stray-tls12', 'cert-name-mismatch', 'unknown-authority', 'missing-intermediate', 'chain-order'],
  ...['cert-malformed', 'name-constraints', 'no-common-cipher', 'server-version-too-old', 'client-cert-required'],
  ...['peer-closed', 'peer-reset', 'empty-certificate'],
]
const CASES = [...Object.values(LAB_CASES), ...LAB_VARIANTS].filter(({ id }) => IDS.includes(id))

describe('a failure that is exported and imported again', () => {
  it('covers every named case', () => {
    expect(CASES.map(({ id }) => id).sort()).toEqual([...IDS].sort())
  })

  it.each(CASES)(
    '$id has the same stage, cause and chain',
    async (labCase) => {
      const { seen, imported } = await withOrigin(labCase, (origin) => inFreshFolder((folder) => roundTrip(origin, folder)))
      expect(seen.diagnoses.length).toBeGreaterThan(0)
      expect(describeCauses(imported)).toEqual(describeCauses(seen))
      expect(describeChains(imported)).toEqual(describeChains(seen))
      expect(imported.handshakes.every(({ imported: file }) => file === 'run.pcapng')).toBe(true)
    },
    60_000,
  )
})

describe('imported rows', () => {
  it("live in a database of their own, or marked in the user's with --into-main", async () => {
    const labCase = CASES.find(({ id }) => id === 'cert-expired') ?? expect.fail('there is no such case')
    await withOrigin(labCase, (origin) =>
      inFreshFolder(async (folder) => {
        const { whytls, file, seen } = await recordRun(origin, folder)
        await whytls('import', file)
        expect(JSON.parse(await whytls('export')).handshakes).toHaveLength(seen.handshakes.length)
        await whytls('import', '--into-main', file)
        const all: Document = JSON.parse(await whytls('export'))
        expect(all.handshakes.filter(({ imported }) => imported === 'run.pcapng')).toHaveLength(seen.handshakes.length)
        expect(await whytls('ls')).toContain('[imported]')
      }),
    )
  }, 60_000)
})

/** The causes of what go met, each once. */
function describeCauses({ diagnoses }: Document): readonly string[] {
  return [...new Set(diagnoses.map(({ cause, stage, leg }) => `${cause} ${stage} ${leg}`))].sort()
}

function describeChains({ handshakes, diagnoses }: Document): readonly string[] {
  const failed = handshakes.filter(({ id }) => diagnoses.some((one) => one.handshakes.includes(id)))
  return [...new Set(failed.map(({ certificates }) => certificates?.chain.map(({ sha256 }) => sha256).join(' ') ?? 'none'))].sort()
}

async function roundTrip(origin: LabOrigin, folder: string): Promise<{ readonly seen: Document; readonly imported: Document }> {
  const { whytls, file, seen } = await recordRun(origin, folder)
  return { seen, imported: JSON.parse(await whytls('import', '--json', file)) }
}

/** One real run of go, and its export as a capture. */
async function recordRun(origin: LabOrigin, folder: string) {
  const [toolchain] = listToolchains()
  if (toolchain === undefined) throw new Error('there is no go')
  const env = { ...(await freshEnvironment(toolchain, origin, folder)), WHYTLS_HOME: join(folder, 'whytls') }
  const whytls = async (...args: string[]) =>
    (await runCommand([process.execPath, MAIN, ...args], { env, cwd: origin.cwd ?? folder })).stdout
  await whytls('run', '--', 'go', 'mod', 'download', origin.module)
  const seen: Document = JSON.parse(await whytls('export', '--wait'))
  const file = join(folder, 'run.pcapng')
  await whytls('export', '--pcapng', '-o', file)
  return { whytls, file, seen }
}
