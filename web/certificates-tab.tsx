/** The chain from leaf to anchor, each certificate beside its validity on one shared axis with the time it was judged at. */
import { useSignal } from '@preact/signals'
import type { CertificateSummary, Certificates } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { composePem, findSan, nearestSan } from './cert-names.ts'
import { type Axis, type ChainCard, layAxis, layChain } from './certificate-chain.ts'
import { CopyButton } from './copy-button.tsx'
import { inlined } from './inlined.ts'
import { OtherChain } from './other-chain.tsx'
import { TimeSlider } from './time-slider.tsx'
import { span } from './time-words.ts'
import { ValidityBar } from './validity-bar.tsx'

interface TabProps {
  readonly detail: HandshakeDetail
  /** Of the session with an https parent proxy: its chain is judged for the proxy's name, and at no other time. */
  readonly isOfProxy?: boolean
}

export function CertificatesTab({ detail, isOfProxy = false }: TabProps) {
  const { certificates, startedAt, target } = detail.handshake
  const chosen = useSignal<number | null>(null)
  if (certificates === null) return <p class="note first">{noneWords(detail)}</p>
  const judgedMs = Date.parse(certificates.verified?.at ?? startedAt)
  const trueMs = trueTimeOf(detail)
  const nowMs = chosen.value ?? judgedMs
  const axis = layAxis(certificates.chain, judgedMs, trueMs)
  const cards = layChain(certificates, detail.diagnosis)
  const pem = composePem(certificates.chain)
  return (
    <>
      <div class="bar">
        <span class="src">{SOURCE_WORDS[certificates.source]}</span>
        {certificates.source === 'probe' && (
          <span class="badge">{certificates.sameAsGoSaw ? '✓ same record lengths as go saw' : 'go may have seen another chain'}</span>
        )}
        {certificates.ocspStapled === true && <span class="badge">OCSP stapled</span>}
        <span class="grow" />
        {pem !== null && <CopyButton text={pem} label="Copy PEM" what="Chain" />}
        {inlined === null && !isOfProxy && certificates.verified !== null && (
          <button
            type="button"
            class="btn"
            aria-expanded={chosen.value !== null}
            data-testid="another-time"
            onClick={() => (chosen.value = chosen.value === null ? judgedMs : null)}
          >
            Verify at another time…
          </button>
        )}
      </div>
      <Verdict detail={detail} />
      {chosen.value !== null && (
        <TimeSlider id={detail.handshake.id} axis={axis} chosen={chosen.value} onChoose={(ms) => (chosen.value = ms)} />
      )}
      <div class="chain">
        {cards.map((card, at) => (
          <CardAndBar
            key={card.certificate?.sha256 ?? card.role}
            card={card}
            isFirst={at === 0}
            host={target.host}
            nowMs={nowMs}
            trueMs={chosen.value === null ? trueMs : null}
            nowName={chosen.value !== null ? 'chosen' : trueMs === null ? 'now' : 'your clock'}
            axis={axis}
          />
        ))}
      </div>
      {!isOfProxy && <OtherChain of={detail.handshake} leafIssuer={certificates.chain[0]?.issuer ?? ''} />}
      <Beside certificates={certificates} />
    </>
  )
}

/** The moment that other clocks tell, where this diagnosis is about the clock. */
function trueTimeOf({ diagnosis }: HandshakeDetail): number | null {
  const moment =
    diagnosis?.cause === 'client-clock-wrong' ? diagnosis.evidence.find((line) => line.moment !== undefined)?.moment : undefined
  return moment === undefined ? null : Date.parse(moment)
}

const SOURCE_WORDS = {
  wire: 'from the wire: these are the octets that went to go',
  decrypted: 'from a probe of the same host, decrypted',
  probe: 'from a probe: same route, same server name',
} as const

function noneWords({ handshake }: HandshakeDetail): string {
  if (handshake.serverHello === null) return 'The server never answered the ClientHello, so there was no certificate to look at.'
  if (handshake.outcome === 'passed')
    return 'TLS 1.3 encrypts the certificates, and go accepted them. whytls asks for the chain itself only when a connection fails.'
  return 'No certificate was seen. In TLS 1.3 it is encrypted; a probe asks the server for it, unless probes are switched off or it got none either.'
}

/** The stapled response and the timestamps, as they say of themselves. */
function Beside({ certificates: { ocsp, signedTimestamps = [] } }: { readonly certificates: Certificates }) {
  if (ocsp === undefined && signedTimestamps.length === 0) return null
  return (
    <details class="more">
      <summary>Stapled OCSP response and SCTs: go looks at neither</summary>
      {ocsp !== undefined && (
        <p>
          OCSP: {ocsp.certificateStatus ?? ocsp.responseStatus ?? 'unreadable'}
          {ocsp.revokedAt !== null && ` since ${ocsp.revokedAt}`}, from {ocsp.thisUpdate ?? '?'} to {ocsp.nextUpdate ?? 'no end'}, by{' '}
          {ocsp.responder ?? '?'}
          {ocsp.problem !== undefined && ` (${ocsp.problem})`}
        </p>
      )}
      <ul>
        {signedTimestamps.map(({ logId, at, from }) => (
          <li key={`${logId}${from ?? ''}`}>
            SCT {at}, log {logId.slice(0, 16)}…, {TIMESTAMP_PLACES[from ?? 'leaf']}
          </li>
        ))}
      </ul>
    </details>
  )
}

const TIMESTAMP_PLACES = { leaf: 'in the leaf', tls: 'in the TLS extension', ocsp: 'in the OCSP response' } as const

function Verdict({ detail }: { readonly detail: HandshakeDetail }) {
  const verified = detail.handshake.certificates?.verified
  if (!verified) return null
  const versions = Object.entries(verified.byGoVersion)
  const differs = new Set(versions.map(([, text]) => text)).size > 1
  return (
    <div class={verified.ok ? 'verdict ok' : 'verdict bad'}>
      <p>
        <b>{verified.ok ? '✓ go accepts this chain' : '✕ go refuses this chain'}</b>
        {verified.goText !== '' && <code>{verified.goText}</code>}
      </p>
      <p class="dim">
        Judged at {verified.at} with {verified.roots}.
      </p>
      {differs && (
        <ul>
          {versions.map(([version, text]) => (
            <li key={version}>
              go {version}: {text === '' ? 'accepted' : text}
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}

interface CardProps {
  readonly card: ChainCard
  readonly isFirst: boolean
  readonly host: string
  readonly nowMs: number
  readonly trueMs: number | null
  readonly nowName: string
  readonly axis: Axis
}

function CardAndBar({ card, isFirst, host, nowMs, trueMs, nowName, axis }: CardProps) {
  const look = card.kind === 'missing' ? 'missing' : card.isReason ? 'bad' : ''
  return (
    <>
      <article class={`cert ${look}`} data-testid="certificate">
        <div class="bar">
          <h3>{card.name}</h3>
          <span class="grow" />
          <span class="badge">{card.role}</span>
        </div>
        <dl>
          {card.facts.map(([name, value]) => (
            <Fact key={name} name={name} value={value} look={value.startsWith('✕') ? 'bad' : ''} />
          ))}
          {card.certificate !== null && (
            <CertificateFacts certificate={card.certificate} card={card} host={isFirst ? host : null} nowMs={nowMs} trueMs={trueMs} />
          )}
        </dl>
        {card.link !== null && (
          <p class={card.link.isBroken ? 'hangs broken' : 'hangs'}>
            {card.link.isBroken ? '✕ ' : '↓ '}
            {card.link.words}
          </p>
        )}
      </article>
      <ValidityBar certificate={card.certificate} axis={axis} nowMs={nowMs} trueMs={trueMs} nowName={nowName} isFirst={isFirst} />
    </>
  )
}

function Fact({ name, value, look = '' }: { readonly name: string; readonly value: string; readonly look?: string }) {
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
  readonly nowMs: number
  readonly trueMs: number | null
}

function CertificateFacts({ certificate, card, host, nowMs, trueMs }: FactsProps) {
  return (
    <>
      {card.problems.map((problem) => (
        <Fact
          key={problem}
          name="Problem"
          value={`✕ ${problemWords(problem, certificate, nowMs)}${onlyByClock(problem, certificate, trueMs)}`}
          look="bad"
        />
      ))}
      {host !== null && <SanFact certificate={certificate} host={host} />}
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

function problemWords(problem: string, certificate: CertificateSummary, nowMs: number): string {
  if (problem === 'expired' && certificate.notAfter !== null) {
    return `expired ${span(nowMs - Date.parse(certificate.notAfter))} before it was judged`
  }
  if (problem === 'not valid yet' && certificate.notBefore !== null)
    return `valid only ${span(Date.parse(certificate.notBefore) - nowMs)} later`
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
