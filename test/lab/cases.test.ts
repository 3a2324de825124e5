import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { LabCase, LabOrigin } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { LAB_VARIANTS } from '../../src/lab/cases/variants.ts'

const cases: readonly LabCase[] = [...Object.values(LAB_CASES), ...LAB_VARIANTS]

async function withRaised<T>(labCase: LabCase, use: (origin: LabOrigin) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'whytls-lab-'))
  const origin = await labCase.up({ now: new Date('2026-11-22T12:00:00Z'), folder, port: 0 })
  try {
    return await use(origin)
  } finally {
    await origin.close()
    await rm(folder, { recursive: true })
  }
}

describe('LAB_CASES', () => {
  it('has each case under its own id', () => {
    expect(Object.entries(LAB_CASES).filter(([id, labCase]) => id !== labCase.id)).toEqual([])
  })

  it('names a variant after the cause that it expects', () => {
    expect(LAB_VARIANTS.filter(({ id, expect: { cause } }) => id.split('/')[0] !== cause)).toEqual([])
  })

  it('gives every case an id and a summary of its own', () => {
    expect(new Set(cases.map(({ id }) => id)).size).toBe(cases.length)
    expect(new Set(cases.map(({ summary }) => summary)).size).toBe(cases.length)
  })

  it.each(cases.filter(({ needsNamespace }) => needsNamespace !== true).map((labCase) => ({ id: labCase.id, labCase })))(
    '$id comes up without any privilege and trusts the roots of the lab alone',
    async ({ labCase }) => {
      await withRaised(labCase, async (origin) => {
        expect(origin.goproxy).toMatch(/^https:\/\/[a-z0-9.-]+(:\d+)?$/)
        expect(origin.resolve[0]).toBe(`${origin.host}:${origin.port}:127.0.0.1`)
        expect(origin.env).toMatchObject({ GOTOOLCHAIN: expect.stringMatching(/^(?:local|go1\.99\.0)$/) })
        expect(origin.env['GOPROXY']?.split(',')[0]).toBe(origin.goproxy)
        expect(origin.env['GOSUMDB']).toMatch(/^off$|^lab\.whytls\.test\+\S+ https:\/\/[a-z0-9.-]+\.whytls\.test:\d+$/)
        const bundle = await readFile(origin.env['SSL_CERT_FILE'] ?? '', 'utf8').catch(() => 'none')
        expect(bundle).toMatch(labCase.id === 'client-roots-missing' ? /^none$/ : /^-----BEGIN CERTIFICATE-----\n/)
      })
    },
  )
})
