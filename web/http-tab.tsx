/** The requests inside TLS, where intercept mode read them; elsewhere why there are none and how to see them. */
import type { HttpExchange, ModuleRequest } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { CommandBox } from './command-box.tsx'
import { count, took } from './time-words.ts'

export function HttpTab({ detail }: { readonly detail: HandshakeDetail }) {
  const { http } = detail.handshake
  if (http.length === 0) return <NoExchanges detail={detail} />
  return (
    <>
      <p class="note first">Values of headers and queries are masked before they are stored, but for a list of harmless ones.</p>
      <ul class="exchanges">
        {http.map((exchange, at) => (
          <li key={`${at}${exchange.url}`} data-testid="exchange">
            <Exchange exchange={exchange} />
          </li>
        ))}
      </ul>
    </>
  )
}

function NoExchanges({ detail: { handshake } }: { readonly detail: HandshakeDetail }) {
  const { mode, interception } = handshake
  if (interception?.kind === 'passed-through')
    return <p class="note first">Not decrypted: {interception.because}. go talked to the server itself, as in observe mode.</p>
  if (mode === 'intercept') return <p class="note first">No request was seen inside this connection.</p>
  if (mode === 'probe') return <p class="note first">A probe ends after the handshake: it sends no request.</p>
  return (
    <div data-testid="http-empty">
      <p class="note first">
        In observe mode whytls passes every byte through unchanged, so what is inside TLS stays hidden. To see status, timing and headers of
        requests to hosts whose TLS works, let whytls end the TLS itself, with a root that this one command trusts:
      </p>
      <CommandBox commands={['whytls run --intercept -- go mod download']} />
      <p class="note">A certificate that go would refuse is refused there, too.</p>
    </div>
  )
}

function Exchange({ exchange }: { readonly exchange: HttpExchange }) {
  const { method, url, status, durationMs, protocol, asks, failure } = exchange
  const isBad = status === null || status >= 400
  return (
    <details>
      <summary>
        <span class={isBad ? 'bad' : 'good'}>
          {isBad ? '✕' : '✓'} {status ?? 'no answer'}
        </span>
        <span class="asked">
          {asks === undefined ? '' : <b>{askWords(asks)} </b>}
          <code>
            {method} {url}
          </code>
        </span>
        <span class="num">{took(durationMs)}</span>
      </summary>
      {failure !== undefined && <p class="bad">{failure}</p>}
      <p class="dim">
        {[
          protocol,
          exchange.startedAtMs === undefined ? undefined : `begun ${took(exchange.startedAtMs)} after the connection`,
          exchange.requestBytes === undefined ? undefined : `${count(exchange.requestBytes)} bytes sent`,
          exchange.responseBytes === undefined ? undefined : `${count(exchange.responseBytes)} bytes came`,
        ]
          .filter((part) => part !== undefined)
          .join(', ')}
      </p>
      <Headers name="Request" headers={exchange.requestHeaders} />
      <Headers name="Answer" headers={exchange.responseHeaders} />
      {exchange.responseBody !== undefined && exchange.responseBody !== '' && (
        <>
          <h3 class="h4">Body of the answer, as text</h3>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a box that scrolls must be reachable by keyboard */}
          <pre class="plain" tabIndex={0}>
            {exchange.responseBody}
          </pre>
        </>
      )}
    </details>
  )
}

function Headers({ name, headers }: { readonly name: string; readonly headers: HttpExchange['requestHeaders'] }) {
  if (headers === undefined || headers.length === 0) return null
  return (
    <>
      <h3 class="h4">{name}</h3>
      <dl class="headers">
        {headers.map(([field, value], at) => (
          <div key={`${at}${field}`}>
            <dt>{field}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
    </>
  )
}

const ASKED: Readonly<Record<ModuleRequest['kind'], string>> = {
  list: 'versions of',
  latest: 'newest version of',
  info: 'facts on',
  mod: 'go.mod of',
  zip: 'source of',
  'sumdb-supported': 'does the proxy know the checksum database?',
  'sumdb-latest': 'head of the checksum database',
  'sumdb-lookup': 'checksums of',
  'sumdb-tile': 'part of the checksum database',
  'go-get': 'where is the repository of',
  git: 'git',
}

/** "source of golang.org/x/text v0.21.0" */
function askWords({ kind, module, version }: ModuleRequest): string {
  return [ASKED[kind] ?? kind, module, version].filter((part) => part !== null && part !== undefined).join(' ')
}
