import { describe, expect, it } from 'vitest'
import type { ProbeResult } from '../../src/diagnosis/observation.ts'
import { type Connection, openConnection } from '../../src/recorder/connection.ts'
import { describeChain, type JudgeInput, judgeChain } from '../../src/recorder/judge.ts'
import { makeRootPool } from '../../src/x509/root-pool.ts'
import { ca, dns, mint, san } from '../x509/mint.ts'

const HOST = 'modules.example'
const root = mint({ subject: { commonName: 'Root' }, extensions: [ca()] })
const roots = {
  pool: makeRootPool([root.der]),
  facts: { whose: 'a test', places: [], count: 1, sslCertFile: '', sslCertDir: '' },
  systemRootsError: null,
}
const input: JudgeInput = { roots, goVersion: '1.26.8', godebug: '', timeZoneOffsetMinutes: 0, knownIntermediates: () => [] }

function connectionWith(chain: readonly Uint8Array[]): Connection {
  const start = { key: 'k', startedAt: new Date('2026-06-15T12:00:00Z'), host: HOST, port: 443, clientAddress: '', user: null }
  const connection = openConnection({ ...start, method: 'CONNECT' }, null)
  // Only the chain of a probe is looked at here.
  connection.probe = { chain, sameAsGoSaw: true, transcript: { ocspStapled: null } } as unknown as ProbeResult
  connection.roots = roots.facts
  return connection
}

describe('the stored verdict', () => {
  it('says of every go version from 1.21 to 1.27 whether it accepts', () => {
    const negative = mint({ subject: {}, issuer: root, extensions: [san(dns(HOST))], serial: Buffer.of(0x80, 1) })
    const connection = connectionWith([negative.der])
    connection.judged = judgeChain(connection, input)
    const refused = 'x509: negative serial number'
    expect(describeChain(connection, '1.26.8')?.verified?.byGoVersion).toEqual({
      '1.21': 'passes',
      '1.22': 'passes',
      '1.23': 'passes',
      '1.24': refused,
      '1.25': refused,
      '1.26': refused,
      '1.27': refused,
    })
  })

  it('has for the version of the client what the client says, with its own patch level and GODEBUG', () => {
    const negative = mint({ subject: {}, issuer: root, extensions: [san(dns(HOST))], serial: Buffer.of(0x80, 2) })
    const connection = connectionWith([negative.der])
    connection.judged = judgeChain(connection, { ...input, godebug: 'x509negativeserial=1' })
    const verified = describeChain(connection, '1.26.8')?.verified
    expect(verified).toMatchObject({ ok: true, goText: '' })
    expect(new Set(Object.values(verified?.byGoVersion ?? {}))).toEqual(new Set(['passes']))
  })

  it('asks once for the many connections of one run', () => {
    const unknown = mint({ subject: {}, extensions: [san(dns(HOST))] })
    const [first, second] = [1, 2].map(() => judgeChain(connectionWith([unknown.der]), input)?.byGoVersion)
    expect(first).toBeDefined()
    expect(second).toBe(first)
  })
})

describe('an unknown authority', () => {
  it('is looked for in the lists of other clients, by the name at which the chain ends', () => {
    const company = mint({ subject: { commonName: 'Company Root' }, extensions: [ca()] })
    const leaf = mint({ subject: {}, issuer: company, extensions: [san(dns(HOST))] })
    const asked: string[] = []
    const othersWith = (rawName: Uint8Array) => {
      asked.push(Buffer.from(rawName).toString('hex'))
      return ['git (/etc/company.pem)']
    }
    const judged = judgeChain(connectionWith([leaf.der]), { ...input, roots: { ...roots, othersWith } })
    expect(judged?.trustedBy).toEqual(['git (/etc/company.pem)'])
    expect(asked).toEqual([company.subject.toString('hex')])
  })

  it('has an issuer that was found where a known intermediate signed the leaf and leads to no root, and only there', () => {
    const company = mint({ subject: { commonName: 'Company Root' }, extensions: [ca()] })
    const link = mint({ subject: { commonName: 'Link' }, issuer: company, extensions: [ca()] })
    const namesake = mint({ subject: { commonName: 'Link' }, issuer: company, extensions: [ca()] })
    const trusted = mint({ subject: { commonName: 'Link' }, issuer: root, extensions: [ca()] })
    const leafOf = (issuer: typeof link) => mint({ subject: {}, issuer, extensions: [san(dns(HOST))] }).der
    const judge = (leaf: Uint8Array, known: readonly Uint8Array[]) =>
      judgeChain(connectionWith([leaf]), { ...input, knownIntermediates: () => known })
    expect(judge(leafOf(link), [link.der])?.isIssuerFound).toBe(true)
    expect(judge(leafOf(link), [namesake.der])?.isIssuerFound).toBeUndefined()
    expect(judge(leafOf(link), [])?.isIssuerFound).toBeUndefined()
    const completed = judge(leafOf(trusted), [trusted.der])
    expect([completed?.isIssuerFound, completed?.missing?.length]).toEqual([undefined, 1])
  })

  it('is the only defect for which they are read', () => {
    const expired = mint({ subject: {}, issuer: root, extensions: [san(dns(HOST))], notAfter: '2026-02-01T00:00:00Z' })
    const othersWith = () => {
      throw new Error('asked')
    }
    expect(judgeChain(connectionWith([expired.der]), { ...input, roots: { ...roots, othersWith } })?.trustedBy).toEqual([])
  })
})
