/** One handshake: header, diagnosis, stages, tabs. The answer first; the data beneath in the order in which a person checks it. */

import { useEffect, useRef } from 'preact/hooks'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { BytesTab } from './bytes-tab.tsx'
import { CertificatesTab, trueTimeOf } from './certificates-tab.tsx'
import { nearestPassing } from './compare-view.tsx'
import { CopyButton } from './copy-button.tsx'
import { detailFailure, shownDetail } from './detail.ts'
import { DiagnosisCard } from './diagnosis-card.tsx'
import { EventsTab } from './events-tab.tsx'
import { ExportMenu, Unsaved } from './export-menu.tsx'
import { FailureNote } from './failure-note.tsx'
import { HttpTab } from './http-tab.tsx'
import { ImportedMark } from './imported-mark.tsx'
import { StatusMark } from './list-row.tsx'
import { LookMenu, Looks } from './looks.tsx'
import { NegotiationTab } from './negotiation-tab.tsx'
import { goTo, linkTo, linkToHandshake, type Route, route, showSection, showTabs, TABS, type Tab } from './router.ts'
import { rowOf } from './rows.ts'
import { SessionChoice } from './session-choice.tsx'
import { StageTrack } from './stage-track.tsx'
import { TabRow } from './tab-row.tsx'
import { exactTime, span } from './time-words.ts'
import { TrialsCard } from './trials-card.tsx'

type OpenRoute = Extract<Route, { view: 'handshake' }>

const TAB_LABELS: Readonly<Record<Tab, string>> = {
  negotiation: 'Negotiation',
  certificates: 'Certificates',
  bytes: 'Bytes',
  http: 'HTTP',
  events: 'Events',
}

export function DetailView({ open }: { readonly open: OpenRoute }) {
  const detail = shownDetail.value
  const pane = useRef<HTMLDivElement>(null)
  const isLoaded = detail !== null
  const section = open.tab === null ? open.place : null
  useEffect(() => pane.current?.scrollTo({ top: 0 }), [open.id])
  useEffect(() => {
    if (isLoaded && section !== null) showSection(section)
    else if (isLoaded && open.place !== null) showTabs()
  }, [open.id, isLoaded, section])
  return (
    <section class="pane" aria-label={`Handshake ${open.id}`}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a pane that scrolls must be reachable by keyboard */}
      <div class="detail" ref={pane} tabIndex={0} data-testid="detail">
        <a class="back" href={linkTo({ view: 'list', q: open.q })}>
          ← All handshakes
        </a>
        {detailFailure.value !== null && <FailureNote failure={detailFailure.value} isAll={detail === null} />}
        {detail === null && detailFailure.value === null && <h1 class="hint">Loading handshake {open.id} …</h1>}
        {detail !== null && <Opened detail={detail} open={open} />}
      </div>
    </section>
  )
}

function Opened({ detail, open }: { readonly detail: HandshakeDetail; readonly open: OpenRoute }) {
  const failing = failingTab(detail)
  const tab = open.tab ?? failing ?? 'negotiation'
  const marked = new Set(failing === null ? [] : [TABS.indexOf(failing)])
  return (
    <>
      <Header detail={detail} />
      <DiagnosisCard key={`diagnosis ${open.id}`} detail={detail} />
      <TrialsCard trials={detail.handshake.trials} />
      <StageTrack handshake={detail.handshake} />
      <section class="card" id="tabs">
        <TabRow
          class="tabbar"
          name="Facts"
          labels={TABS.map((each) => TAB_LABELS[each])}
          picked={TABS.indexOf(tab)}
          marked={marked}
          panel="tab-panel"
          onPick={(at) => goTo({ ...open, tab: TABS[at] ?? 'negotiation', place: null }, true)}
        />
        <div class="tab-body" role="tabpanel" id="tab-panel" aria-label={TAB_LABELS[tab]}>
          <TabBody tab={tab} detail={detail} place={open.tab === tab ? open.place : null} />
        </div>
      </section>
    </>
  )
}

function TabBody({ tab, detail, place }: { readonly tab: Tab; readonly detail: HandshakeDetail; readonly place: string | null }) {
  if (tab === 'certificates')
    return (
      <SessionChoice
        detail={detail}
        place={place}
        draw={(shown, isOfProxy) => <CertificatesTab key={String(isOfProxy)} detail={shown} isOfProxy={isOfProxy} />}
      />
    )
  if (tab === 'bytes') return <BytesTab key={detail.handshake.id} detail={detail} place={place} />
  if (tab === 'http') return <HttpTab detail={detail} />
  return tab === 'events' ? (
    <EventsTab detail={detail} place={place} />
  ) : (
    <SessionChoice detail={detail} place={place} draw={(shown) => <NegotiationTab detail={shown} />} />
  )
}

/** The tab that holds the reason of the failure. */
function failingTab({ diagnosis, handshake }: HandshakeDetail): Tab | null {
  if (diagnosis?.stage === 'application-data' && handshake.http.length > 0) return 'http'
  if (diagnosis?.stage === 'certificate') return 'certificates'
  if (diagnosis?.stage === 'server-hello' || diagnosis?.stage === 'client-hello') return 'negotiation'
  return diagnosis?.stage == null ? null : 'events'
}

function Header({ detail }: { readonly detail: HandshakeDetail }) {
  const { handshake, attempts } = detail
  const { host, port } = handshake.target
  const row = rowOf(handshake.id)
  const nearest = row === undefined ? undefined : nearestPassing(row)
  return (
    <header class="detail-head">
      <h1>
        <StatusMark outcome={handshake.outcome} />
        {port === 443 ? host : `${host}:${port}`}
      </h1>
      {detail.diagnosis?.cause === 'inspection-ca-untrusted' && <span class="badge re-signed">Corporate interception</span>}
      <ClockBadge detail={detail} />
      {handshake.trials.length > 0 && <span class="badge">Bisected</span>}
      <div class="detail-bar">
        <span class="num hint" title={handshake.startedAt}>
          #{handshake.id}, {exactTime(handshake.startedAt)}
        </span>
        <span class="badge">{handshake.mode}</span>
        <ImportedMark file={handshake.imported} />
        {handshake.resolvedBy !== undefined && <span class="badge">name by {handshake.resolvedBy}</span>}
        {(attempts.length > 1 || handshake.probeOf !== null) && <Relatives detail={detail} />}
        <Looks key={handshake.id} of={handshake.id} />
        <div class="acts">
          {nearest !== undefined && (
            <a class="btn" href={linkTo({ view: 'compare', q: route.value.q, a: handshake.id, b: nearest.id })} data-testid="compare-link">
              Compare
            </a>
          )}
          <CopyButton text={location.origin + location.pathname + linkTo(route.value)} label="Copy link" what="Link" />
          <LookMenu key={handshake.id} handshake={handshake} />
          <ExportMenu handshake={handshake} />
        </div>
      </div>
      <Unsaved id={handshake.id} />
    </header>
  )
}

/** "Clock +365 days", where this diagnosis is about the clock. */
function ClockBadge({ detail }: { readonly detail: HandshakeDetail }) {
  const trueMs = trueTimeOf(detail)
  const { certificates, startedAt } = detail.handshake
  if (trueMs === null) return null
  const offMs = Date.parse(certificates?.verified?.at ?? startedAt) - trueMs
  return (
    <span class="badge warn">
      Clock {offMs > 0 ? '+' : '\u2212'}
      {span(Math.abs(offMs))}
    </span>
  )
}

/** The other attempts of the same run at the same host, and what a probe repeats. */
function Relatives({ detail }: { readonly detail: HandshakeDetail }) {
  const { handshake, attempts } = detail
  return (
    <nav class="relatives" aria-label="Attempts">
      {handshake.probeOf !== null && <a href={linkToHandshake(handshake.probeOf)}>probe of #{handshake.probeOf}</a>}
      {attempts.length > 1 &&
        attempts.map((id, at) => (
          <a
            key={id}
            href={linkToHandshake(id, route.value.view === 'handshake' ? route.value.tab : null)}
            aria-current={id === handshake.id ? 'page' : undefined}
          >
            attempt {at + 1}
          </a>
        ))}
    </nav>
  )
}
