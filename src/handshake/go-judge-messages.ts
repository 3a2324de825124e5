/** Go's checks on the order of messages behind the ServerHello, and on EncryptedExtensions. */
import { parseCertificate12, parseCertificate13 } from '../tls/certificate-message.ts'
import { HANDSHAKE_TYPE } from '../tls/handshake-message.ts'
import { nameCipherSuite } from '../tls/registry.ts'
import { usesEcdhe } from '../tls/server-key-exchange.ts'
import { describeGroup } from './go-judge-group.ts'
import { checkAlpn, type OpenedSession, refuseOrder } from './go-judge-hello.ts'
import { isUnreadable, readGoEncryptedExtensions } from './go-messages.ts'
import { type GoRefusal, refuse } from './go-refusal.ts'
import type { StepReader } from './go-step-reader.ts'
import type { ServerMessage } from './go-steps.ts'

const BEHIND = { isBehindCertificate: true } as const

/** EncryptedExtensions, [CertificateRequest], Certificate, CertificateVerify, Finished (RFC 8446 section 2). */
export function judgeMessages13(reader: StepReader, opened: OpenedSession, minor: number): GoRefusal | undefined {
  const first = reader.next(HANDSHAKE_TYPE.encryptedExtensions)
  if (first === null || 'fault' in first) return first ?? undefined
  if (first.type !== HANDSHAKE_TYPE.encryptedExtensions) return refuseOrder(first, HANDSHAKE_TYPE.encryptedExtensions, true)
  return judgeExtensions(first, opened, minor) ?? judgeProof13(reader, opened)
}

function judgeExtensions(message: ServerMessage, { offered }: OpenedSession, minor: number): GoRefusal | undefined {
  const extensions = readGoEncryptedExtensions(message.body, minor)
  if (isUnreadable(extensions)) return undefined
  const at = { message: 'EncryptedExtensions', isHidden: message.isHidden, isAlertHidden: true } as const
  const wanted = 'none: it was not offered'
  const refuseExtension = (field: string) =>
    refuse({
      ...at,
      fault: 'illegal',
      text: `tls: server sent an unexpected ${field} extension`,
      alert: 110,
      field,
      seen: 'this extension',
      wanted,
    })
  const alpn = checkAlpn(extensions.alpn, offered, 120, at)
  if (alpn !== undefined) return alpn
  if (extensions.hasQuicParameters) return refuseExtension('quic_transport_parameters')
  return extensions.hasEarlyData ? refuseExtension('early_data') : undefined
}

function judgeProof13(reader: StepReader, { hello }: OpenedSession): GoRefusal | undefined {
  if (hello.pskIdentity !== null) return undefined
  const first = reader.next(HANDSHAKE_TYPE.certificate)
  const isRequest = first !== null && 'type' in first && first.type === HANDSHAKE_TYPE.certificateRequest
  const certificate = isRequest ? reader.next(HANDSHAKE_TYPE.certificate) : first
  if (certificate === null || 'fault' in certificate) return certificate ?? undefined
  if (certificate.type !== HANDSHAKE_TYPE.certificate) return refuseOrder(certificate, HANDSHAKE_TYPE.certificate, true)
  if (parseCertificate13(certificate.body).chain.length === 0) return elsewhere('tls: received empty certificates message', 50)
  return inOrder(reader, [HANDSHAKE_TYPE.certificateVerify, HANDSHAKE_TYPE.finished])
}

/** The rest of a flight: one message of each type. */
function inOrder(reader: StepReader, types: readonly number[]): GoRefusal | undefined {
  for (const type of types) {
    const message = reader.next(type)
    if (message === null) return undefined
    if ('fault' in message) return { ...message, ...BEHIND }
    if (message.type !== type) return refuseOrder(message, type, reader.isTls13, BEHIND)
  }
  return undefined
}

/** Certificate, [CertificateStatus], [ServerKeyExchange], [CertificateRequest], ServerHelloDone (RFC 5246 section 7.3). */
export function judgeMessages12(reader: StepReader, opened: OpenedSession, minor: number): GoRefusal | undefined {
  const certificate = reader.next(HANDSHAKE_TYPE.certificate)
  if (certificate === null || 'fault' in certificate) return certificate ?? undefined
  if (certificate.type !== HANDSHAKE_TYPE.certificate) return refuseOrder(certificate, HANDSHAKE_TYPE.certificate, false)
  if (parseCertificate12(certificate.body).chain.length === 0) {
    return { ...refuseOrder(certificate, HANDSHAKE_TYPE.certificate, false), fault: 'elsewhere' }
  }
  return judgeBehindCertificate12(reader, opened, minor)
}

function judgeBehindCertificate12(reader: StepReader, opened: OpenedSession, minor: number): GoRefusal | undefined {
  let message = reader.next(HANDSHAKE_TYPE.serverKeyExchange)
  if (isOf(message, HANDSHAKE_TYPE.certificateStatus)) {
    if (!opened.hello.hasStaple) return refuseStatus()
    message = reader.next(HANDSHAKE_TYPE.serverKeyExchange)
  }
  const suite = nameCipherSuite(opened.hello.cipherSuite).name
  const hasKeyExchange = isOf(message, HANDSHAKE_TYPE.serverKeyExchange)
  if (isOf(message, HANDSHAKE_TYPE.serverKeyExchange)) {
    const objection = judgeKeyExchange(message, opened, suite, minor)
    if (objection !== undefined) return objection
    message = reader.next(HANDSHAKE_TYPE.serverHelloDone)
  }
  if (isOf(message, HANDSHAKE_TYPE.certificateRequest)) message = reader.next(HANDSHAKE_TYPE.serverHelloDone)
  if (message === null) return undefined
  if ('fault' in message) return { ...message, isBehindCertificate: hasKeyExchange }
  if (message.type !== HANDSHAKE_TYPE.serverHelloDone) return refuseOrder(message, HANDSHAKE_TYPE.serverHelloDone, false, BEHIND)
  return usesEcdhe(suite) && !hasKeyExchange ? refuseMissingKeyExchange() : undefined
}

function isOf(message: ServerMessage | GoRefusal | null, type: number): message is ServerMessage {
  return message !== null && 'type' in message && message.type === type
}

/** processServerKeyExchange of key_agreement.go, up to the group; what follows is a matter of keys. */
function judgeKeyExchange(message: ServerMessage, { offered }: OpenedSession, suite: string, minor: number): GoRefusal | undefined {
  const at = { ...BEHIND, message: 'ServerKeyExchange', alert: minor >= 24 ? 47 : 10 } as const
  if (!usesEcdhe(suite)) {
    const text = 'tls: unexpected ServerKeyExchange'
    return refuse({ ...at, fault: 'order', text, field: 'ServerKeyExchange', seen: 'ServerKeyExchange', wanted: `none: ${suite} has none` })
  }
  const [type, high, low] = message.body
  if (message.body.length < 4) return elsewhere('tls: invalid ServerKeyExchange message', at.alert)
  const group = (high ?? 0) * 256 + (low ?? 0)
  const isNamed = type === NAMED_CURVE
  if (isNamed && offered.supportedGroups.some(({ id }) => id === group)) return undefined
  return refuse({
    ...at,
    fault: 'group',
    text: `tls: server selected ${isNamed && minor >= 25 ? 'unoffered' : 'unsupported'} curve`,
    field: 'namedcurve',
    seen: isNamed ? describeGroup(group) : 'a curve by its parameters, without a name',
    wanted: 'a group that was offered',
  })
}

function refuseStatus(): GoRefusal {
  return refuse({
    fault: 'order',
    text: 'tls: received unexpected CertificateStatus message',
    alert: 10,
    message: 'CertificateStatus',
    field: 'CertificateStatus',
    seen: 'CertificateStatus',
    wanted: 'none: the ServerHello did not announce one',
  })
}

function refuseMissingKeyExchange(): GoRefusal {
  return refuse({
    ...BEHIND,
    fault: 'order',
    text: 'tls: missing ServerKeyExchange message',
    alert: 80,
    message: 'ServerKeyExchange',
    field: 'ServerKeyExchange',
    seen: 'ServerHelloDone',
    wanted: 'ServerKeyExchange',
  })
}

function elsewhere(text: string, alert: number): GoRefusal {
  return refuse({ fault: 'elsewhere', text, alert, message: 'Certificate', field: '', seen: '', wanted: '' })
}

const NAMED_CURVE = 3
