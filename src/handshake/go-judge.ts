/**
 * Would go refuse what this server answered? The checks of crypto/tls on the server's side of a handshake, in Go's order, for go 1.21 to 1.26
 * (handshake_client.go, handshake_client_tls13.go, conn.go), with Go's texts and alerts. Certificates and signatures are judged elsewhere.
 */
import type { ClientHello } from '../contract/handshake.ts'
import { goRules } from '../x509/rules.ts'
import { judgeHello, type OpenedSession } from './go-judge-hello.ts'
import { judgeMessages12, judgeMessages13 } from './go-judge-messages.ts'
import { type GoRefusal, refuse } from './go-refusal.ts'
import { StepReader } from './go-step-reader.ts'
import type { ServerStep } from './go-steps.ts'

/** One session, as the judge needs it. */
export interface JudgedSession {
  /** go's hellos; two where there was a HelloRetryRequest. */
  readonly clientHellos: readonly ClientHello[]
  /** See `listServerSteps`. */
  readonly steps: readonly ServerStep[]
  /** "1.26.8" */
  readonly goVersion: string
}

/** Go's first objection to what the server sent, as far as that can be read; undefined where it has none. */
export function judgeServer({ clientHellos, steps, goVersion }: JudgedSession): GoRefusal | undefined {
  const [first] = clientHellos
  if (first === undefined) return undefined
  const { minor, patch } = goRules(goVersion)
  const reader = new StepReader(steps, minor)
  const opened = judgeHello({ reader, first, second: clientHellos[1] ?? null, minor })
  if (opened.kind === 'closed') return opened.refusal
  return opened.version === TLS13 ? judge13(reader, opened, { minor, patch }) : judgeMessages12(reader, opened, minor)
}

/** Since 1.24.12 and 1.25.6 nothing may stand behind the message at which the keys change. */
function judge13(reader: StepReader, opened: OpenedSession, { minor, patch }: { readonly minor: number; readonly patch: number }) {
  const isStrict = minor > 25 || (minor === 25 && patch >= 6) || (minor === 24 && patch >= 12)
  if (opened.behindBytes > 0 && isStrict) {
    return refuse({
      fault: 'order',
      text: 'tls: handshake buffer not empty before setting read traffic secret',
      alert: 10,
      isAlertHidden: true,
      field: 'ServerHello',
      seen: `${opened.behindBytes} octets of a further message in the same record`,
      wanted: 'nothing behind the ServerHello: what follows is encrypted',
    })
  }
  reader.protect(opened.behindBytes)
  return judgeMessages13(reader, opened, minor)
}

const TLS13 = 0x0304
