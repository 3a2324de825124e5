import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { CAUSES } from '../../src/diagnosis/causes/index.ts'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import { ROWS, type Row } from './causes.table.ts'

const rows: readonly (readonly [string, Row])[] = Object.entries(ROWS)

describe('each cause', () => {
  it.each(rows)('%s is found where it belongs, with leg, stage, confidence, text and title', (id, row) => {
    const [first] = diagnose(row.seen)
    expect(first).toMatchObject({ cause: row.code ?? id, leg: row.leg, stage: row.stage, confidence: row.confidence })
    expect(first?.goText ?? null).toBe(row.goText)
    expect(first?.explanation.title).toBe(row.title)
  })

  it.each(rows)('%s is not found in what only looks alike', (id, row) => {
    const cause = CAUSES.find((one) => one.id === id)
    for (const seen of row.nearMisses)
      expect(cause?.examine(seen) === undefined || diagnose(seen)[0]?.cause !== (row.code ?? id)).toBe(true)
  })

  it.each(rows)('%s says why, shows evidence, and what to do', (_id, row) => {
    const draft = toDraft(diagnose(row.seen), row.seen)
    expect(draft?.why).toMatch(/\.$/)
    expect(draft?.evidence.length).toBeGreaterThan(0)
    expect(draft?.fixes.length).toBeGreaterThan(0)
    for (const fix of draft?.fixes ?? []) expect(fix.checkedHow).not.toBe('')
    expect(() => JSON.stringify(draft)).not.toThrow()
    expect(draft?.title.length).toBeLessThanOrEqual(110)
  })

  it.each(rows)('%s never advises to switch verification off', (_id, row) => {
    const commands =
      toDraft(diagnose(row.seen), row.seen)?.fixes.flatMap(({ commands: lines, env }) => [...lines, ...Object.entries(env).flat()]) ?? []
    expect(commands.join('\n')).not.toMatch(
      /GOINSECURE|GOSUMDB=|GONOSUMDB=|GONOSUMCHECK|NO_VERIFY|sslVerify|--insecure|-k\b(?! ~)|rsa1024min|x509sha1|tls3des/,
    )
  })
})

describe('the list of causes', () => {
  it('has each id once', () => {
    expect(new Set(CAUSES.map(({ id }) => id)).size).toBe(CAUSES.length)
  })

  it('describes each cause in one sentence without a full stop', () => {
    for (const { meaning } of CAUSES) expect(meaning).toMatch(/^[A-Z].*[^.]$/)
  })
})

describe('what causes may read', () => {
  const folder = new URL('../../src/diagnosis/', import.meta.url)
  const files = ['', 'causes/'].flatMap((sub) =>
    readdirSync(new URL(sub, folder))
      .filter((name) => name.endsWith('.ts'))
      .map((name) => `${sub}${name}`),
  )

  it("lets go's own words decide only what comes after TLS", () => {
    const readers = files.filter((name) => /\bwitness\b/i.test(readFileSync(new URL(name, folder), 'utf8')))
    expect(readers.sort()).toEqual(
      [
        'causes/body-truncated.ts',
        'causes/checksum-mismatch.ts',
        'causes/http2-refused.ts',
        'causes/invalid-module-response.ts',
        'cause.ts',
        'diagnose.ts',
        'http-cause.ts',
        'observation.ts',
        'said-behind-tls.ts',
        'portal-signs.ts',
        'witness.ts',
      ]
        .filter((name) => readers.includes(name))
        .sort(),
    )
  })

  it('has no clock, no randomness and no I/O in it', () => {
    for (const name of files) {
      const source = readFileSync(new URL(name, folder), 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')
      expect(source, name).not.toMatch(/Date\.now|new Date\(\)|Math\.random|\bprocess\.|from 'node:|performance\./)
    }
  })
})
