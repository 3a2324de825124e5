/** The chain from leaf to anchor, each certificate beside its validity on one shared axis with the time it was judged at. */
import type { Certificates } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { composePem } from './cert-names.ts'
import { type Axis, type ChainCard, layAxis, layChain } from './certificate-chain.ts'
import { CertificateFacts, Fact } from './certificate-facts.tsx'
import { CopyButton } from './copy-button.tsx'
import { inlined } from './inlined.ts'
import { OtherChain } from './other-chain.tsx'
import { choose, chosenIn } from './router.ts'
import { TimeSlider } from './time-slider.tsx'
import { ValidityBar } from './validity-bar.tsx'

interface TabProps {
  readonly detail: HandshakeDetail
  /** Of the session with an https parent proxy: its chain is judged for the proxy's name, and at no other time. */
  readonly isOfProxy?: boolean
}

export function CertificatesTab({ detail, isOfProxy = false }: TabProps) {
  const { certificates, mode, startedAt, target } = detail.handshake
  const at = isOfProxy ? undefined : chosenIn('at')
  const chosenMs = at === undefined || Number.isNaN(Date.parse(at)) ? null : Date.parse(at)
  const chooseTime = (ms: number | null): void => choose('at', ms === null ? null : new Date(ms).toISOString())
  if (certificates === null) return <p class="note first">{noneWords(detail)}</p>
  const judgedMs = Date.parse(certificates.verified?.at ?? startedAt)
  const trueMs = trueTimeOf(detail)
  const nowMs = chosenMs ?? judgedMs
  const axis = layAxis(certificates.chain, judgedMs, trueMs)
  const cards = layChain(certificates, detail.diagnosis)
  const pem = composePem(certificates.chain)
  return (
    <>
      <div class="bar">
        <span class="src">
          {isOfProxy
            ? OF_PROXY
            : mode === 'intercept' && certificates.source === 'decrypted'
              ? OF_OWN_LEG
              : SOURCE_WORDS[certificates.source]}
        </span>
        {certificates.source === 'probe' && (
          <span class="badge">{certificates.sameAsGoSaw ? '✓ same record lengths as go saw' : 'go may have seen another chain'}</span>
        )}
        {certificates.ocspStapled === true && <span class="badge">OCSP stapled</span>}
        <div class="acts">
          {pem !== null && <CopyButton text={pem} label="Copy PEM" what="Chain" />}
          {inlined === null && !isOfProxy && certificates.verified !== null && (
            <button
              type="button"
              class="btn"
              aria-expanded={chosenMs !== null}
              data-testid="another-time"
              onClick={() => chooseTime(chosenMs === null ? judgedMs : null)}
            >
              Verify at another time…
            </button>
          )}
        </div>
      </div>
      <Verdict detail={detail} />
      {chosenMs !== null && inlined === null && <TimeSlider id={detail.handshake.id} axis={axis} chosen={chosenMs} onChoose={chooseTime} />}
      <div class="chain">
        {cards.map((card, at) => (
          <CardAndBar
            key={card.certificate?.sha256 ?? card.role}
            card={card}
            isFirst={at === 0}
            host={target.host}
            shownMs={trueMs ?? Date.parse(startedAt)}
            judgedMs={judgedMs}
            nowMs={nowMs}
            trueMs={chosenMs === null ? trueMs : null}
            nowName={chosenMs !== null ? 'chosen' : trueMs === null ? 'now' : 'your clock'}
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
export function trueTimeOf({ diagnosis }: HandshakeDetail): number | null {
  const moment =
    diagnosis?.cause === 'client-clock-wrong' ? diagnosis.evidence.find((line) => line.moment !== undefined)?.moment : undefined
  return moment === undefined ? null : Date.parse(moment)
}

const SOURCE_WORDS = {
  wire: 'from the wire: these are the octets that went to go',
  decrypted: 'from a probe of the same host, decrypted',
  probe: 'from a probe: same route, same server name',
} as const

/** With an https parent proxy whytls has a session of its own. */
const OF_PROXY = 'from whytls’s own TLS session with the proxy'
/** In intercept mode both legs end here. */
const OF_OWN_LEG = 'from whytls’s own TLS session with the host'

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
  readonly shownMs: number
  /** When the problems were found. */
  readonly judgedMs: number
  readonly nowName: string
  readonly axis: Axis
}

function CardAndBar({ card, isFirst, host, nowMs, trueMs, shownMs, judgedMs, nowName, axis }: CardProps) {
  const look = card.kind === 'missing' ? 'missing' : card.isReason ? 'bad' : ''
  return (
    <>
      <article class={`cert ${look}`} aria-label={`${card.role}: ${card.name}`} data-testid="certificate">
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
            <CertificateFacts certificate={card.certificate} card={card} host={isFirst ? host : null} {...{ judgedMs, trueMs, shownMs }} />
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
