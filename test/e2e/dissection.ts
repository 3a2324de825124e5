/** What tshark reads in the TLS of a capture, in the form of test/handshake/expected-stream.ts. */
import { createHash } from 'node:crypto'
import type { ExpectedHello, ExpectedServerHello } from '../handshake/expected-stream.ts'
import { findAll, type PdmlField, parsePdml } from './pdml.ts'

/** One TCP stream that carries TLS, by tshark's number. Secrets that the capture brings along are used. */
export interface DissectedStream {
  readonly stream: number
  readonly records: { readonly c2s: number[][]; readonly s2c: number[][] }
  readonly handshake: (readonly ['c' | 's', number, number])[]
  readonly clientHellos: ExpectedHello[]
  readonly serverHellos: ExpectedServerHello[]
  readonly curves: number[]
  readonly certificates: { readonly from: 'c' | 's'; readonly sha256: string[] }[]
  readonly certificateRequests: { readonly cert_types: number[]; readonly signature_algorithms: number[]; readonly authorities: number }[]
  readonly alerts: { readonly from: 'c' | 's'; readonly level: number; readonly description: number }[]
}

/** @param isFromServer whether a packet of this stream with this source port is the server's */
export function readDissection(pdml: string, isFromServer: (stream: number, sourcePort: number) => boolean): readonly DissectedStream[] {
  const streams = new Map<number, DissectedStream>()
  for (const packet of parsePdml(pdml)) {
    const tcp = packet.filter(({ name }) => name === 'tcp')
    const stream = Number(findAll(tcp, 'tcp.stream').at(-1)?.show ?? -1)
    const from = isFromServer(stream, Number(findAll(tcp, 'tcp.srcport').at(-1)?.show)) ? 's' : 'c'
    for (const { children } of packet.filter(({ name }) => name === 'tls')) {
      const known = streams.get(stream) ?? createStream(stream)
      streams.set(stream, known)
      for (const record of children.filter(({ name }) => name === 'tls.record')) addRecord(known, from, record.children)
    }
  }
  return [...streams.values()]
}

function createStream(stream: number): DissectedStream {
  const lists = { handshake: [], clientHellos: [], serverHellos: [], curves: [], certificates: [], certificateRequests: [], alerts: [] }
  return { stream, records: { c2s: [], s2c: [] }, ...lists }
}

function addRecord(stream: DissectedStream, from: 'c' | 's', fields: readonly PdmlField[]): void {
  const [type] = [...findAll(fields, 'tls.record.opaque_type'), ...findAll(fields, 'tls.record.content_type')]
  const [version] = findAll(fields, 'tls.record.version')
  const [length] = findAll(fields, 'tls.record.length')
  // An SSL 2.0 record has no content type.
  if (type !== undefined) stream.records[from === 'c' ? 'c2s' : 's2c'].push([Number(type.show), hex(version), Number(length?.show)])
  for (const alert of findAll(fields, 'tls.alert_message')) {
    const [level, description] = [findAll([alert], 'tls.alert_message.level')[0], findAll([alert], 'tls.alert_message.desc')[0]]
    if (level !== undefined && description !== undefined)
      stream.alerts.push({ from, level: Number(level.show), description: Number(description.show) })
  }
  if (type === undefined) return
  for (const { children } of findAll(fields, 'tls.handshake')) addMessage(stream, from, children)
}

function addMessage(stream: DissectedStream, from: 'c' | 's', fields: readonly PdmlField[]): void {
  const [type] = fields.filter(({ name }) => name === 'tls.handshake.type')
  if (type === undefined) return
  const id = Number(type.show)
  stream.handshake.push([from, id, Number(findAll(fields, 'tls.handshake.length')[0]?.show)])
  if (id === 1) stream.clientHellos.push(readClientHello(fields))
  if (id === 2 || id === 6) stream.serverHellos.push(readServerHello(fields))
  if (id === 11) {
    const sha256 = findAll(fields, 'tls.handshake.certificate').map(({ value }) =>
      createHash('sha256').update(Buffer.from(value, 'hex')).digest('hex'),
    )
    stream.certificates.push({ from, sha256 })
  }
  if (id === 12) stream.curves.push(...numbers(fields, 'tls.handshake.server_named_curve'))
  if (id === 13) {
    const authorities = findAll(fields, 'tls.handshake.dname_len').length
    const [cert_types, signature_algorithms] = [
      numbers(fields, 'tls.handshake.cert_type'),
      numbers(withoutSchemesOfCertificates(fields), 'tls.handshake.sig_hash_alg'),
    ]
    stream.certificateRequests.push({ cert_types, signature_algorithms, authorities })
  }
}

function readClientHello(fields: readonly PdmlField[]): ExpectedHello {
  const extensions = listExtensions(fields)
  const of = (id: number, name: string) => findAll(extensions.find((one) => one.id === id)?.fields ?? [], name)
  return {
    version: hex(findAll(fields, 'tls.handshake.version')[0]),
    random: findAll(fields, 'tls.handshake.random')[0]?.value ?? '',
    session_id: findAll(fields, 'tls.handshake.session_id')[0]?.value ?? '',
    cipher_suites: numbers(fields, 'tls.handshake.ciphersuite'),
    compression_methods: numbers(fields, 'tls.handshake.comp_method'),
    extensions: extensions.map(({ id }) => id),
    ext_lengths: extensions.map(({ length }) => length),
    sni: textOf(of(0, 'tls.handshake.extensions_server_name')[0]),
    alpn: of(16, 'tls.handshake.extensions_alpn_str').map((field) => textOf(field) ?? ''),
    supported_versions: of(43, 'tls.handshake.extensions.supported_version').map(hex),
    supported_groups: of(10, 'tls.handshake.extensions_supported_group').map(hex),
    ec_point_formats: of(11, 'tls.handshake.extensions_ec_point_format').map(hex),
    signature_algorithms: of(13, 'tls.handshake.sig_hash_alg').map(hex),
    key_share_groups: of(51, 'tls.handshake.extensions_key_share_group').map(hex),
    psk_modes: of(45, 'tls.extension.psk_ke_mode').map(hex),
    psk_identities: of(41, 'tls.handshake.extensions.psk.identity.identity_length').length,
    ja3_full: findAll(fields, 'tls.handshake.ja3_full')[0]?.show ?? '',
    ja3: findAll(fields, 'tls.handshake.ja3')[0]?.show ?? '',
  }
}

function readServerHello(fields: readonly PdmlField[]): ExpectedServerHello {
  const extensions = listExtensions(fields)
  const of = (id: number, name: string) => findAll(extensions.find((one) => one.id === id)?.fields ?? [], name)
  const version = hex(findAll(fields, 'tls.handshake.version')[0])
  const random = findAll(fields, 'tls.handshake.random')[0]?.value ?? ''
  const group = [...of(51, 'tls.handshake.extensions_key_share_group'), ...of(51, 'tls.handshake.extensions_key_share_selected_group')][0]
  const psk = of(41, 'tls.handshake.extensions.psk.identity.selected')[0]
  const selected = of(43, 'tls.handshake.extensions.supported_version')[0]
  return {
    version,
    selected_version: selected === undefined ? version : hex(selected),
    cipher_suite: hex(findAll(fields, 'tls.handshake.ciphersuite')[0]),
    compression_method: hex(findAll(fields, 'tls.handshake.comp_method')[0]),
    extensions: extensions.map(({ id }) => id),
    alpn: of(16, 'tls.handshake.extensions_alpn_str')
      .map((field) => textOf(field) ?? '')
      .slice(0, 1),
    key_share_group: group === undefined ? null : hex(group),
    psk_selected: psk === undefined ? null : Number(psk.show),
    hello_retry_request: random === RETRY_RANDOM,
    random,
    session_id: findAll(fields, 'tls.handshake.session_id')[0]?.value ?? '',
    ja3s_full: findAll(fields, 'tls.handshake.ja3s_full')[0]?.show ?? '',
    ja3s: findAll(fields, 'tls.handshake.ja3s')[0]?.show ?? '',
  }
}

interface DissectedExtension {
  readonly id: number
  readonly length: number
  readonly fields: readonly PdmlField[]
}

/** Extensions are fields without a name whose first field is their type. */
function listExtensions(fields: readonly PdmlField[]): readonly DissectedExtension[] {
  return fields.flatMap(({ children }) => {
    const type = children.find(({ name }) => name === 'tls.handshake.extension.type')
    const length = children.find(({ name }) => name === 'tls.handshake.extension.len')
    if (type === undefined) return listExtensions(children)
    return [{ id: Number(type.show), length: Number(length?.show), fields: children }]
  })
}

/** In TLS 1.3 signature_algorithms_cert has schemes of the same name. */
function withoutSchemesOfCertificates(fields: readonly PdmlField[]): readonly PdmlField[] {
  const [own] = listExtensions(fields).filter(({ id }) => id === 13)
  return own?.fields ?? fields
}

function numbers(fields: readonly PdmlField[], name: string): number[] {
  return findAll(fields, name).map(hex)
}

function hex(field: PdmlField | undefined): number {
  if (field === undefined) return 0
  return field.value === '' ? Number(field.show) : Number.parseInt(field.value, 16)
}

/** Octets of a text, one character each. */
function textOf(field: PdmlField | undefined): string | null {
  return field === undefined ? null : Buffer.from(field.value, 'hex').toString('latin1')
}

const RETRY_RANDOM = 'cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c'
