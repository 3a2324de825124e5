// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import type { HandshakeDetail } from '../../src/feed/protocol.ts'
import { DiagnosisCard } from '../../web/diagnosis-card.tsx'
import { sampleDetail, sampleDiagnosis, sampleFix, sampleHandshake } from './samples.ts'

const draw = (detail: HandshakeDetail): void => {
  void act(() => render(<DiagnosisCard detail={detail} />, document.body))
}
const text = (selector: string): string => document.querySelector(selector)?.textContent ?? ''

beforeEach(() => {
  render(null, document.body)
  document.body.innerHTML = ''
})

describe('DiagnosisCard', () => {
  it('says stage, leg, cause, title and go’s own words', () => {
    draw(sampleDetail())
    expect(text('.where')).toContain('Failed at Certificate, leg whytls ⇄ upstream')
    expect(text('[data-testid=cause]')).toBe('unknown-authority')
    expect(text('#diagnosis-title')).toBe('go does not trust the CA that signed the certificate of modproxy.example')
    expect(text('[data-testid=go-text]')).toBe('tls: failed to verify certificate: x509: certificate signed by unknown authority')
    expect(text('mark')).toBe('x509: certificate signed by unknown authority')
  })
  it('shows the commands of the fix exactly, and whether they were checked', () => {
    draw(sampleDetail())
    expect(text('[data-testid=command]')).toBe(sampleFix().commands.join('\n'))
    expect(text('[data-testid=checked]')).toBe('Not re-checked yet')
    act(() => document.querySelectorAll<HTMLElement>('[data-testid=fix] [role=tab]')[1]?.click())
    expect(text('[data-testid=command]')).toBe('SSL_CERT_FILE=$PWD/both.pem go mod download')
    expect(text('[data-testid=checked]')).toBe('✓ Checked')
  })
  it('moves between fixes with the arrow keys', () => {
    draw(sampleDetail())
    const row = document.querySelector('[data-testid=fix] [role=tablist]')
    act(() => void row?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowRight', bubbles: true })))
    expect(document.querySelectorAll('[data-testid=fix] [role=tab]')[1]?.getAttribute('aria-selected')).toBe('true')
  })
  it('numbers the evidence and links it to what it points at', () => {
    draw(sampleDetail())
    expect([...document.querySelectorAll('.evidence .n')].map((n) => n.textContent)).toEqual(['1', '2', '3'])
    expect([...document.querySelectorAll('.evidence a')].map((a) => a.getAttribute('href'))).toEqual([
      '#/h/412/certificates',
      '#/h/412/bytes/9',
    ])
    expect(text('[data-testid=confidence]')).toBe('Certain.')
  })
  it('says what will not help and what was not checked', () => {
    draw(sampleDetail())
    expect(text('[data-testid=fix]')).toContain('GOSUMDB=off')
    expect(text('.asides')).toContain('Not checked: revocation.')
  })
  it('draws captured markup as text', () => {
    draw(sampleDetail({ diagnosis: sampleDiagnosis({ title: '<img src=x onerror=alert(1)>' }) }))
    expect(document.querySelector('img')).toBeNull()
    expect(text('#diagnosis-title')).toBe('<img src=x onerror=alert(1)>')
  })
  it('says what an open connection waits for', () => {
    draw(sampleDetail({ diagnosis: null, handshake: sampleHandshake({ outcome: 'open', waitingFor: 'ServerHello' }) }))
    expect(text('#diagnosis-title')).toBe('Waiting for ServerHello')
  })
  it('says that nothing failed', () => {
    draw(sampleDetail({ diagnosis: null, handshake: sampleHandshake({ outcome: 'passed' }) }))
    expect(text('#diagnosis-title')).toContain('Nothing failed')
  })
})
