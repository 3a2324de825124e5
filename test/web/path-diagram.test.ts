// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { layPath } from '../../web/path-diagram.tsx'
import { sampleDetail, sampleDiagnosis, sampleHandshake } from './samples.ts'

const looks = (detail: ReturnType<typeof sampleDetail>): string => {
  const { nodes, links } = layPath(detail, 'http://127.0.0.1:8877')
  return nodes.flatMap((node, at) => [node.look, ...(links[at] ? [`-${links[at].look}-`] : [])]).join(' ')
}

describe('layPath', () => {
  it('marks the gateway that re-signs, and the origin as never reached', () => {
    expect(looks(sampleDetail({ diagnosis: sampleDiagnosis({ cause: 'inspection-ca-untrusted' }) }))).toBe(
      'plain -plain- us -plain- bad -gone- gone',
    )
  })
  it('marks the origin for a bad certificate', () => {
    const handshake = sampleHandshake({ route: [] })
    expect(looks(sampleDetail({ handshake, diagnosis: sampleDiagnosis({ cause: 'cert-expired', fault: 'upstream' }) }))).toBe(
      'plain -plain- us -plain- bad',
    )
  })
  it('marks the machine of go where its roots are the reason', () => {
    expect(looks(sampleDetail({ handshake: sampleHandshake({ route: [] }) }))).toBe('bad -plain- us -plain- plain')
  })
  it('marks the silent link, and what lies behind it as never reached', () => {
    const handshake = sampleHandshake({
      route: [],
      serverHello: null,
      closed: { by: 'client', how: 'timeout', atMs: 10_003 },
      durationMs: 10_003,
    })
    const detail = sampleDetail({
      handshake,
      diagnosis: sampleDiagnosis({ cause: 'peer-silent', stage: 'client-hello', fault: 'network' }),
    })
    expect(looks(detail)).toBe('plain -plain- us -bad- gone')
    expect(layPath(detail, null).links[1]?.note).toBe('silence, 10.0 s')
  })
  it('marks the parent proxy that refuses CONNECT', () => {
    const diagnosis = sampleDiagnosis({ cause: 'proxy-auth-required', leg: 'parent', stage: 'proxy-connect' })
    expect(looks(sampleDetail({ diagnosis }))).toBe('plain -plain- us -plain- bad -gone- gone')
  })
  it('leaves whytls out of a path that a capture shows', () => {
    const handshake = sampleHandshake({
      route: [],
      imported: 'a.pcapng',
      client: { address: '192.0.2.1:49152', pid: null, process: 'capture a.pcapng', roots: null },
    })
    const { nodes, links } = layPath(sampleDetail({ handshake, run: null }), 'http://127.0.0.1:8877')
    expect(nodes.map(({ name, look }) => [name, look])).toEqual([
      [handshake.clientHello?.looksLike?.replace(' ', '\u00a0') ?? 'client', 'bad'],
      [handshake.target.host, 'plain'],
    ])
    expect(links).toEqual([{ note: '', look: 'plain' }])
  })
  it('marks nothing when nothing failed', () => {
    expect(looks(sampleDetail({ diagnosis: null }))).toBe('plain -plain- us -plain- plain -plain- plain')
  })
})
