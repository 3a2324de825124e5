/** The TLS session with an https parent proxy as the contract shows it. Pure. */
import type { Certificates, ParentTlsSession } from '../contract/handshake.ts'
import type { ParentTls } from '../diagnosis/observation.ts'
import { PASSES } from '../x509/by-go-version.ts'
import { checkLinks } from '../x509/links.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import type { Connection } from './connection.ts'

/** What it showed so far. */
export function describeParentTls(tls: ParentTls, connection: Connection, goVersion: string): ParentTlsSession {
  const { transcript, ending } = tls
  return {
    clientHello: transcript.clientHellos.at(-1) ?? null,
    serverHello: transcript.serverHellos.at(-1) ?? null,
    certificates: describeChain(tls, connection, goVersion),
    alerts: transcript.alerts.map(({ sender, level, code, name, how }) => ({ sender, level, code, name, how })),
    records: transcript.records,
    closed: ending === null ? null : { by: ending.by === 'server' ? 'parent' : ending.by, how: ending.how, atMs: ending.atMs },
  }
}

function describeChain({ transcript, judged }: ParentTls, connection: Connection, goVersion: string): Certificates | null {
  if (transcript.chain === null) return null
  const { roots, start } = connection
  return {
    source: transcript.chainSource ?? 'decrypted',
    sameAsGoSaw: true,
    chain: transcript.chain.map((der) => summarizeCertificate(der)),
    signed: checkLinks(transcript.chain),
    verified: judged && {
      ok: judged.verdict.ok,
      goText: judged.verdict.goText,
      byGoVersion: judged.byGoVersion ?? {
        [goVersion.split('.').slice(0, 2).join('.')]: judged.verdict.ok ? PASSES : judged.verdict.goText,
      },
      roots: roots === null ? 'the roots of the client' : `${roots.count} ${roots.count === 1 ? 'root' : 'roots'} of ${roots.whose}`,
      at: start.startedAt.toISOString(),
    },
    ocspStapled: transcript.ocspStapled,
  }
}
