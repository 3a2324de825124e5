/** Offered by go, chosen by the server, parameter by parameter; where nothing fits, both sides and that they have nothing in common. */
import type { ComponentChildren } from 'preact'
import type { ClientHello, Handshake, ServerHello } from '../src/contract/handshake.ts'
import type { Named } from '../src/contract/terms.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { casing } from './sentence.ts'
import { count, counted } from './time-words.ts'

interface Parameter {
  readonly name: string
  readonly offered: ComponentChildren
  readonly chosen: ComponentChildren
  readonly meaning: ComponentChildren
  readonly isReason?: boolean
}

export function NegotiationTab({ detail }: { readonly detail: HandshakeDetail }) {
  const { clientHello, serverHello } = detail.handshake
  if (clientHello === null) {
    return <p class="note first">No ClientHello was seen: the connection ended, or stands still, before go sent one.</p>
  }
  return (
    <>
      {serverHello === null && <p class="note first">{unansweredWords(detail.handshake)}</p>}
      <table class="negotiation">
        <caption class="sr">Offered by go, chosen by the server</caption>
        <thead>
          <tr>
            <th>Parameter</th>
            <th>go offered</th>
            <th>Server chose</th>
            <th>Meaning</th>
          </tr>
        </thead>
        <tbody>
          {parametersOf(detail, clientHello, serverHello).map((parameter) => (
            <tr key={parameter.name} class={parameter.isReason ? 'hot' : ''}>
              <th scope="row">{parameter.name}</th>
              <td>{parameter.offered}</td>
              <td>{parameter.chosen}</td>
              <td class="dim">{parameter.meaning}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Extensions title="Extensions of the ClientHello" hello={clientHello} />
      {serverHello !== null && <Extensions title="Extensions of the ServerHello" hello={serverHello} />}
    </>
  )
}

function unansweredWords(handshake: Handshake): string {
  if (handshake.outcome === 'open') return 'No ServerHello has come yet.'
  const alert = handshake.alerts.find(({ sender }) => sender === 'server')
  return alert === undefined
    ? 'No ServerHello came: the server chose nothing.'
    : `No ServerHello came: the server refused with the alert ${alert.name}.`
}

/** Causes that lie in one row of the table. */
const REASONS: Readonly<Record<string, string>> = {
  'server-version-too-old': 'TLS version',
  'downgrade-detected': 'TLS version',
  'tls13-intolerant': 'TLS version',
  'no-common-cipher': 'Cipher suite',
  'no-common-group': 'Key exchange group',
  'alpn-mismatch': 'ALPN',
  'sni-filtered': 'Server name (SNI)',
  'client-hello-too-large': 'Size',
}

function parametersOf(detail: HandshakeDetail, client: ClientHello, server: ServerHello | null): readonly Parameter[] {
  const reason = REASONS[detail.diagnosis?.cause ?? '']
  const none = server === null ? '' : <span class="dim">none</span>
  const chosen = (name: string | null | undefined) => (name == null ? none : <Tag look="pick">{breakable(name)}</Tag>)
  const rows: readonly Parameter[] = [
    {
      name: 'Server name (SNI)',
      offered: client.serverName === null ? 'none sent' : <Tag>{client.serverName}</Tag>,
      chosen: server === null ? none : '',
      meaning: client.serverName === null ? 'The server cannot tell which name was meant.' : '',
    },
    {
      name: 'TLS version',
      offered: <Tags of={client.supportedVersions} picked={server?.selectedVersion} />,
      chosen: chosen(server?.selectedVersion.name),
      meaning: versionMeaning(client, server),
    },
    {
      name: 'Key exchange group',
      offered: <Tags of={client.supportedGroups} picked={server?.keyShareGroup} />,
      chosen: chosen(server?.keyShareGroup?.name),
      meaning: groupMeaning(client, server),
    },
    {
      name: 'Key shares sent',
      offered: client.keyShares.map((share) => <Tag key={share.group.id}>{`${share.group.name}, ${count(share.lengthBytes)} B`}</Tag>),
      chosen: server?.helloRetryRequest ? <Tag>HelloRetryRequest</Tag> : chosen(server?.keyShareGroup?.name),
      meaning: server?.helloRetryRequest ? 'The server asked for another group and go sent a second ClientHello.' : '',
    },
    {
      name: 'Cipher suite',
      offered: <Tags of={client.cipherSuites} picked={server?.cipherSuite} />,
      chosen: chosen(server?.cipherSuite.name),
      meaning: '',
    },
    {
      name: 'Signature schemes',
      offered: <Tags of={client.signatureAlgorithms} />,
      chosen: <span class="dim">in CertificateVerify, not in the hello</span>,
      meaning: '',
    },
    {
      name: 'ALPN',
      offered: client.alpn.map((protocol) => (
        <Tag key={protocol} look={protocol === server?.alpn ? 'pick' : ''}>
          {protocol}
        </Tag>
      )),
      chosen: alpnChosen(server, none),
      meaning: '',
    },
    {
      name: 'Session resumption',
      offered: client.pskIdentities === 0 ? 'none offered' : counted(client.pskIdentities, 'ticket'),
      chosen:
        server === null ? (
          none
        ) : server.pskSelectedIdentity === null ? (
          <span class="dim">none</span>
        ) : (
          `ticket ${server.pskSelectedIdentity}`
        ),
      meaning: '',
    },
    {
      name: 'Size',
      offered: `${counted(client.wireBytes, 'byte')} in ${counted(client.recordCount, 'record')}`,
      chosen: '',
      meaning: client.wireBytes > 1460 ? 'More than one TCP segment of the usual size.' : '',
    },
    {
      name: 'Fingerprint',
      offered: <Fingerprint lines={[`JA4 ${client.ja4}`, `JA3 ${client.ja3Hash}`]} />,
      chosen: server === null ? none : <Fingerprint lines={[`JA3S ${server.ja3sHash}`]} />,
      meaning: client.looksLike === null ? 'No known go sends this hello.' : `Matches ${client.looksLike}.`,
    },
  ]
  const because = <Because detail={detail} />
  return rows.map((row) => {
    if (row.name !== reason) return row
    return { ...row, isReason: true, chosen: server === null ? <NoAnswer detail={detail} /> : row.chosen, meaning: row.meaning || because }
  })
}

/** What shows that this row is the reason: the evidence that a look of ours brought, or the title. */
function Because({ detail: { diagnosis } }: { readonly detail: HandshakeDetail }) {
  if (diagnosis === null) return null
  const line =
    diagnosis.evidence.findLast(({ source }) => source === 'probe') ?? diagnosis.evidence.find(({ source }) => source === 'bisect')
  const text = line?.text ?? diagnosis.title
  return <span class={`because ${casing(text, diagnosis.host)}`}>{text}</span>
}

function alpnChosen(server: ServerHello | null, none: ComponentChildren): ComponentChildren {
  if (server === null) return none
  if (server.alpn !== null) return <Tag look="pick">{server.alpn}</Tag>
  return <span class="dim">{isTls13(server) ? 'encrypted' : 'none'}</span>
}

function isTls13(server: ServerHello): boolean {
  return server.selectedVersion.id === 0x0304
}

function versionMeaning(client: ClientHello, server: ServerHello | null): string {
  if (server === null || isTls13(server) || !client.supportedVersions.some((version) => version.id === 0x0304)) return ''
  return `go offered TLS 1.3, the server took ${server.selectedVersion.name}.`
}

/** IANA numbers of the hybrid post-quantum groups that go offers. */
const HYBRIDS: ReadonlySet<number> = new Set([4587, 4588, 4589])

function groupMeaning(client: ClientHello, server: ServerHello | null): string {
  const offersHybrid = client.supportedGroups.some((group) => HYBRIDS.has(group.id))
  const group = server?.keyShareGroup
  if (!offersHybrid || group == null || HYBRIDS.has(group.id)) return ''
  return 'go offered a post-quantum group first and a classical one came back: an older server, or a gateway that answers in its place.'
}

/** In the row of the reason, where no ServerHello came. */
function NoAnswer({ detail: { handshake, diagnosis } }: { readonly detail: HandshakeDetail }) {
  if (diagnosis?.cause.startsWith('no-common')) return <Tag look="hot">nothing in common</Tag>
  if (handshake.outcome === 'open') return <Tag look="hot">no answer yet</Tag>
  return <Tag look="hot">{handshake.alerts.some(({ sender }) => sender === 'server') ? 'refused by alert' : 'no answer'}</Tag>
}

function Tag({ children, look = '' }: { readonly children: ComponentChildren; readonly look?: string }) {
  return <span class={`tag ${look}`}>{children}</span>
}

function Tags({ of, picked }: { readonly of: readonly Named[]; readonly picked?: Named | null | undefined }) {
  return of.map((named, at) => (
    <span key={`${at}${named.id}`} class={`tag ${named.id === picked?.id ? 'pick' : ''}`} title={hex(named.id)}>
      {breakable(named.name === 'unknown' || named.name === 'GREASE' ? `${named.name} ${hex(named.id)}` : named.name)}
    </span>
  ))
}

/** A long registry name may break after an underscore. */
function breakable(name: string): ComponentChildren {
  return name.split(/(?<=_)/).map((part, at) => [at > 0 && <wbr key={`${at}${part}`} />, part])
}

function Fingerprint({ lines }: { readonly lines: readonly string[] }) {
  return lines.map((line) => (
    <code key={line} class="fingerprint">
      {line}
    </code>
  ))
}

function Extensions({ title, hello }: { readonly title: string; readonly hello: ClientHello | ServerHello }) {
  if (hello.extensions.length === 0) return null
  return (
    <details class="more">
      <summary>
        {title} ({hello.extensions.length}), random and session id
      </summary>
      <table>
        <tbody>
          <tr>
            <th scope="row">legacy_version</th>
            <td>{hello.legacyVersion}</td>
          </tr>
          <tr>
            <th scope="row">random</th>
            <td class="hash">{hello.random}</td>
          </tr>
          <tr>
            <th scope="row">legacy_session_id</th>
            <td class="hash">{hello.legacySessionId || 'empty'}</td>
          </tr>
          {hello.extensions.map((extension) => (
            <tr key={extension.id}>
              <th scope="row">
                {extension.name} <span class="dim">{hex(extension.id)}</span>
              </th>
              <td>{counted(extension.lengthBytes, 'byte')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  )
}

function hex(id: number): string {
  return `0x${id.toString(16).padStart(4, '0')}`
}
