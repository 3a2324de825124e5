// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { listMessages } from '../../src/feed/messages.ts'
import type { SeenMessage } from '../../src/handshake/transcript.ts'
import { BytesTab } from '../../web/bytes-tab.tsx'
import { CertificatesTab } from '../../web/certificates-tab.tsx'
import { EventsTab } from '../../web/events-tab.tsx'
import { NegotiationTab } from '../../web/negotiation-tab.tsx'
import { StageTrack } from '../../web/stage-track.tsx'
import { SAMPLE_SERVER_HELLO, sampleDetail, sampleDiagnosis, sampleHandshake, sampleStages } from './samples.ts'

/** A busy machine takes longer than the second that is usual. */
const PATIENTLY = { timeout: 60_000 }

const all = (selector: string): readonly Element[] => [...document.querySelectorAll(selector)]
const text = (selector: string): string => document.querySelector(selector)?.textContent ?? ''

beforeEach(() => {
  render(null, document.body)
  document.body.innerHTML = ''
})
afterEach(() => vi.unstubAllGlobals())

const rowOf = (name: string): string => all('tr').find((row) => row.querySelector('th')?.textContent === name)?.textContent ?? ''

describe('NegotiationTab', () => {
  it('sets what was chosen beside what was offered', () => {
    act(() => render(<NegotiationTab detail={sampleDetail()} />, document.body))
    expect(rowOf('TLS version')).toBe('TLS versionTLS 1.3TLS 1.2TLS 1.3')
    expect(all('.tag.pick').map((tag) => tag.textContent)).toContain('TLS_AES_128_GCM_SHA256')
    expect(rowOf('Key exchange group')).toContain('a classical one came back')
  })
  it('marks the row that is the reason', () => {
    const handshake = sampleHandshake({ serverHello: null })
    act(() =>
      render(
        <NegotiationTab
          detail={sampleDetail({ handshake, diagnosis: sampleDiagnosis({ cause: 'no-common-cipher', stage: 'client-hello' }) })}
        />,
        document.body,
      ),
    )
    expect(text('tr.hot th')).toBe('Cipher suite')
    expect(rowOf('Cipher suite')).toContain('nothing in common')
  })
  it('says so when go sent no ClientHello', () => {
    act(() =>
      render(
        <NegotiationTab detail={sampleDetail({ handshake: sampleHandshake({ clientHello: null, serverHello: SAMPLE_SERVER_HELLO }) })} />,
        document.body,
      ),
    )
    expect(document.body.textContent).toContain('No ClientHello was seen')
  })
})

describe('CertificatesTab', () => {
  it('shows each fingerprint, the verdict and the missing anchor', () => {
    act(() => render(<CertificatesTab detail={sampleDetail()} />, document.body))
    expect(all('[data-testid=sha256]').map((sum) => sum.textContent?.slice(0, 4))).toEqual(['9f2c', '1b2c'])
    expect(text('.verdict')).toContain('go refuses this chain')
    expect(text('.cert.missing')).toContain('not found in any store that go reads')
  })
  it('says why there is no chain', () => {
    const handshake = sampleHandshake({ certificates: null, serverHello: null })
    act(() => render(<CertificatesTab detail={sampleDetail({ handshake })} />, document.body))
    expect(document.body.textContent).toContain('The server never answered')
  })
})

describe('BytesTab', () => {
  it('shows octets and fields of each message', async () => {
    const hello = `02000026 0303 ${'cd'.repeat(32)} 00 1301 00`.replaceAll(' ', '')
    const message: SeenMessage = {
      dir: 'server-to-client',
      type: 2,
      name: 'ServerHello',
      lengthBytes: 38,
      atMs: 1,
      recordOffset: 0,
      source: 'wire',
      octets: Uint8Array.from(Buffer.from(hello, 'hex')),
    }
    const list = listMessages(sampleHandshake({ alerts: [] }), [message])
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(list))))
    act(() => render(<BytesTab detail={sampleDetail()} place={null} />, document.body))
    await vi.waitFor(() => expect(document.querySelector('.hex')).not.toBeNull(), PATIENTLY)
    expect(text('.hex')).toContain('02 00 00 26')
    expect(all('.fields b').map((name) => name.textContent)).toContain('cipher_suite')
    expect(all('.records tbody tr')).toHaveLength(5)
  })
  it('shows octets and fields of an alert in clear', async () => {
    const alerts = [{ sender: 'server', level: 'fatal', code: 40, name: 'handshake_failure', how: 'clear' }] as const
    const list = listMessages(sampleHandshake({ alerts }), [])
    vi.stubGlobal('fetch', () => Promise.resolve(new Response(JSON.stringify(list))))
    act(() => render(<BytesTab detail={sampleDetail()} place={null} />, document.body))
    await vi.waitFor(() => expect(text('.hex')).toBe('02 28 '), PATIENTLY)
    expect(text('.fields')).toContain('handshake_failure (40)')
    expect(document.body.textContent).toContain('An alert from the server.')
  })
  it('says what to do when the server does not answer', async () => {
    vi.stubGlobal('fetch', () => Promise.reject(new TypeError('failed')))
    act(() => render(<BytesTab detail={sampleDetail()} place={null} />, document.body))
    await vi.waitFor(() => expect(document.querySelector('[data-testid=failure]')).not.toBeNull(), PATIENTLY)
    expect(text('[data-testid=failure]')).toContain('whytls does not answer.')
    expect(text('[data-testid=failure]')).toContain('Start it again')
  })
})

describe('EventsTab', () => {
  it('tells stages, alert and end', () => {
    act(() => render(<EventsTab detail={sampleDetail()} place={null} />, document.body))
    expect(document.body.textContent).toContain('alert bad_certificate (42), inferred')
    expect(document.body.textContent).toContain('✕ Certificate failed')
    expect(document.body.textContent).toContain('1,574 bytes from go')
  })
})

describe('StageTrack', () => {
  it('names every cell in words', () => {
    act(() => render(<StageTrack handshake={sampleHandshake({ stages: sampleStages('certificate') })} />, document.body))
    const failed = document.querySelector('[data-testid=stage][data-status=failed]')
    expect(failed?.textContent).toContain('Certificate, whytls ⇄ upstream: failed')
    expect(failed?.getAttribute('data-stage')).toBe('certificate')
    expect(text('.timebar')).toContain('go closed it (FIN) after 66 ms')
  })
})
