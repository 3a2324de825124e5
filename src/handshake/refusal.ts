import type { Stage } from '../contract/terms.ts'
import { carriesDowngradeMark } from '../tls/server-hello.ts'
import { findServerHello, isTls13, type SessionFacts } from './facts.ts'
import type { SeenAlert } from './transcript.ts'

/**
 * The stage that the client refused by a fatal alert before its Finished; null when it refused nothing, or when the order of messages already tells.
 * Servers send their whole flight at once, so a message that came is not one that was accepted.
 */
export function findRefusedStage(facts: SessionFacts): Stage | null {
  if (facts.marks.serverHello === undefined) return null
  const alert = facts.alerts.map((placed) => placed.alert).find(isClientRefusal)
  if (alert === undefined) return null
  return isTls13(facts) ? findRefused13(alert) : findRefused12(alert, facts)
}

function isClientRefusal(alert: SeenAlert): boolean {
  return alert.sender === 'client' && alert.beforeFinished && alert.level !== 'warning' && alert.code !== CLOSE_NOTIFY
}

/** go has its keys when it judges the certificate, so its alert is encrypted; OpenSSL (curl, git) sends even that one in clear. */
function findRefused13({ how, code }: SeenAlert): Stage {
  if (code === DECRYPT_ERROR) return 'key-exchange'
  if (code !== null && HELLO_ALERTS.has(code)) return 'server-hello'
  if (how !== 'clear') return 'certificate'
  return code !== null && code !== DECODE_ERROR && CERTIFICATE_ALERTS.has(code) ? 'certificate' : 'server-hello'
}

function findRefused12(alert: SeenAlert, facts: SessionFacts): Stage | null {
  const { code } = alert
  if (code === null || facts.marks.clientKeyExchange !== undefined) return null
  const hello = findServerHello(facts)
  if (HELLO_ALERTS.has(code) || code === HANDSHAKE_FAILURE) return 'server-hello'
  if (code === ILLEGAL_PARAMETER && hello !== undefined && carriesDowngradeMark(hello)) return 'server-hello'
  return CERTIFICATE_ALERTS.has(code) && facts.marks.certificate !== undefined ? 'certificate' : null
}

const CLOSE_NOTIFY = 0
const HANDSHAKE_FAILURE = 40
const ILLEGAL_PARAMETER = 47
const DECODE_ERROR = 50
const DECRYPT_ERROR = 51

/** Bad, unsupported, revoked, expired, unknown certificate; unknown CA; access denied; decode error (go since 1.25); bad staple. */
const CERTIFICATE_ALERTS: ReadonlySet<number> = new Set([42, 43, 44, 45, 46, 48, 49, 50, 113])

/** protocol_version, inappropriate_fallback, missing and unsupported extension, no_application_protocol. */
const HELLO_ALERTS: ReadonlySet<number> = new Set([70, 86, 109, 110, 120])
