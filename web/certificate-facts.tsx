/** What one certificate says of itself, and what is wrong with it. */
import type { CertificateSummary } from '../src/contract/handshake.ts'
import { findSan, nearestSan } from './cert-names.ts'
import type { ChainCard } from './certificate-chain.ts'
import { CopyButton } from './copy-button.tsx'
import { span } from './time-words.ts'

export function Fact({ name, value, look = '' }: { readonly name: string; readonly value: string; readonly look?: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd class={look}>{value}</dd>
    </>
  )
}

interface FactsProps {
  readonly certificate: CertificateSummary
  readonly card: ChainCard
  /** The host that go asked for, for the leaf; null for all others. */
  readonly host: string | null
  readonly judgedMs: number
  readonly trueMs: number | null
  /** When it was shown, by the best clock that is known. */
  readonly shownMs: number
}

export function CertificateFacts({ certificate, card, host, judgedMs, trueMs, shownMs }: FactsProps) {
  return (
    <>
      {card.problems.map((problem) => (
        <Fact
          key={problem}
          name="Problem"
          value={`✕ ${problemWords(problem, certificate, judgedMs)}${onlyByClock(problem, certificate, trueMs)}`}
          look="bad"
        />
      ))}
      {host !== null && <SanFact certificate={certificate} host={host} />}
      {host !== null && <MadeFact certificate={certificate} shownMs={shownMs} />}
      <Fact name="Subject" value={certificate.subject || '(empty)'} />
      <Fact name="Issuer" value={certificate.issuer || '(empty)'} />
      <Fact name="Key, signature" value={`${certificate.publicKey}, signed ${certificate.signatureAlgorithm}`} />
      {certificate.isCa && <Fact name="CA" value="yes" />}
      {certificate.extKeyUsage.length > 0 && <Fact name="Usage" value={certificate.extKeyUsage.join(', ')} />}
      {certificate.nameConstraints !== null && <Fact name="May sign for" value={certificate.nameConstraints} />}
      <Fact name="Serial" value={certificate.serialNumber} />
      <dt>SHA-256</dt>
      <dd class="hash">
        <span data-testid="sha256">{certificate.sha256}</span>
        {/^[0-9a-f]{64}$/.test(certificate.sha256) && <CopyButton text={certificate.sha256} what="Fingerprint" isSmall />}
      </dd>
    </>
  )
}

/** ", only by this machine's clock" for what is no defect at the true time. */
function onlyByClock(problem: string, { notBefore, notAfter }: CertificateSummary, trueMs: number | null): string {
  if (trueMs === null || (problem !== 'expired' && problem !== 'not valid yet')) return ''
  const isFine = trueMs >= Date.parse(notBefore ?? '') && trueMs <= Date.parse(notAfter ?? '')
  return isFine ? `, only by your clock: ${span(Date.parse(notAfter ?? '') - trueMs)} left in true time` : ''
}

function problemWords(problem: string, certificate: CertificateSummary, judgedMs: number): string {
  if (problem === 'expired' && certificate.notAfter !== null) {
    return `expired ${span(judgedMs - Date.parse(certificate.notAfter))} before it was judged`
  }
  if (problem === 'not valid yet' && certificate.notBefore !== null)
    return `valid only ${span(Date.parse(certificate.notBefore) - judgedMs)} later`
  return problem
}

/** The entry that covers the host; without one the nearest entry, and what Go would have wanted. */
function SanFact({ certificate, host }: { readonly certificate: CertificateSummary; readonly host: string }) {
  const names = [...certificate.dnsNames, ...certificate.ipAddresses]
  const match = findSan(certificate, host)
  if (match !== null) {
    return (
      <>
        <dt>SAN</dt>
        <dd>
          ✓ {match.san} <span class="src">{match.how === 'exact' ? 'exact match' : 'wildcard match'}</span>
          {names.length > 1 && <span class="dim"> and {names.length - 1} more</span>}
        </dd>
      </>
    )
  }
  const nearest = nearestSan(names, host)
  return (
    <>
      <dt>SAN</dt>
      <dd class="bad">
        {nearest === null ? '✕ none. Go has not looked at the common name since 1.17.' : `✕ ${host} is not in it. Nearest: ${nearest}`}
        {names.length > 1 && (
          <details>
            <summary>all {names.length}</summary>
            {names.join(', ')}
          </details>
        )}
      </dd>
    </>
  )
}

/** A leaf that is hardly older than the handshake: who signs for every host on the spot makes such, and so does a server on the day of its renewal. */
function MadeFact({ certificate, shownMs }: { readonly certificate: CertificateSummary; readonly shownMs: number }) {
  const ageMs = shownMs - Date.parse(certificate.notBefore ?? '')
  if (!(ageMs >= 0 && ageMs < FRESH_MS)) return null
  return <Fact name="Made" value={`${span(ageMs)} before this handshake: signed on the spot, or renewed just then`} />
}

const FRESH_MS = 86_400_000
