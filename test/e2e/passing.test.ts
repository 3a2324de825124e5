/** Downloads that work, many modules at once: nothing is diagnosed and nothing is printed. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defineCertificateCase } from '../../src/lab/certificate-case.ts'
import { inFreshFolder, listToolchains, type Toolchain } from './go.ts'
import { withOrigin } from './scenario.ts'
import { runThrough, type Told } from './whytls.ts'

const MODULES = 300

describe.each([
  { http: 'h2', id: 'many-h2' },
  { http: 'http/1.1', id: 'many-http1' },
] as const)('300 modules over $http', ({ http, id }) => {
  const expected = { cause: 'ok', leg: null, stage: null } as const
  const labCase = defineCertificateCase({ id, summary: 'many modules', recipe: 'ok', expect: expected, origin: { http } })

  it.each(listToolchains())('are downloaded by go $version without a diagnosis or a word of ours', async (toolchain) => {
    const { result, document } = await withOrigin(labCase, (origin) =>
      inFreshFolder(async (cwd) => {
        await writeFile(join(cwd, 'go.mod'), goModOfMany())
        return downloadMany(toolchain, { ...origin, cwd })
      }),
    )
    expect(result.stderr).toBe('')
    expect(result.exitCode).toBe(0)
    expect(result.stdout.match(/"Zip":/g)).toHaveLength(MODULES)
    expect(document.diagnoses).toEqual([])
    expect(document.handshakes.map(({ outcome }) => outcome)).toEqual(document.handshakes.map(() => 'passed'))
    expect(document.handshakes.length).toBeGreaterThan(0)
  })
})

function downloadMany(toolchain: Toolchain, origin: Parameters<typeof runThrough>[1]): Promise<Told> {
  return runThrough(toolchain, origin, { command: ['go', 'mod', 'download', '-json'] })
}

function goModOfMany(): string {
  const required = Array.from({ length: MODULES }, (_, n) => `\tlab.whytls.test/m${String(n).padStart(3, '0')} v1.0.0\n`)
  return `module lab.whytls.test/user\n\ngo 1.20\n\nrequire (\n${required.join('')})\n`
}
