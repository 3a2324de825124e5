import type { EvidenceLine } from '../../contract/diagnosis.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { stageOfDeath } from '../refusal.ts'
import { trialCommand } from '../trial.ts'
import { fruitlessLines, isRefuted } from '../trials.ts'

/** The server's answer begins with an HTTP status line in clear. */
export const plainHttpOnTlsPort = defineCause({
  id: 'plain-http-on-tls-port',
  meaning: 'The peer answered with plain HTTP where TLS was expected',
  fault: 'upstream',
  detect(seen) {
    const { notTls } = seen.transcript
    if (notTls === null || notTls.kind !== 'http') return undefined
    const evidence = { statusLine: notTls.statusLine ?? 'HTTP/', afterTlsBytes: notTls.afterTlsBytes }
    return { evidence, leg: 'upstream', stage: notTls.afterTlsBytes > 0 ? stageOfDeath(seen) : 'server-hello', confidence: 'certain' }
  },
  goText: () => 'http: server gave HTTP response to HTTPS client',
  explain: ({ statusLine, afterTlsBytes }, seen) => {
    const host = shownHost(seen.target.host, seen.target.port)
    return {
      title: `${host} answers with plain HTTP where TLS is expected`,
      why:
        afterTlsBytes > 0
          ? `In the middle of the TLS session a clear HTTP answer came: ${shown(statusLine)}. The server never mixes the two; a box on the path wrote a page into the stream.`
          : `The ClientHello was answered with ${shown(statusLine)}. Port ${seen.target.port} speaks HTTP without TLS, or a page of the network (captive portal, block page) answers in its place.`,
      evidence: [
        { text: `first bytes of the answer: "${shown(statusLine)}"`, source: 'wire', ref: null },
        ...makerLines(seen),
        ...fruitlessLines(seen),
      ],
      fixes: [serverFix(seen, `serve TLS on port ${seen.target.port}, or correct the port in GOPROXY`)],
      willNotHelp: [
        {
          setting: 'GOPROXY=http://…',
          because: 'it works, but everyone on the path can then change the modules; only go.sum would notice',
        },
      ],
      alsoPossible: [
        { cause: 'captive-portal', confidence: 'possible' as const, test: `whytls show --full` },
        ...(afterTlsBytes > 0 || isRefuted('sni-filtered', seen)
          ? []
          : [{ cause: 'sni-filtered', confidence: 'possible' as const, test: trialCommand('sni-filtered', seen) }]),
      ],
    }
  },
})

/** The maker as it names itself. */
function makerLines({ transcript }: Observation): readonly EvidenceLine[] {
  const page = transcript.notTls?.page
  const fields = [
    ['Server', page?.server ?? ''],
    ['Via', page?.via ?? ''],
  ].filter(([, value]) => value !== '')
  return fields.map(([name, value]) => ({ text: `${name}: ${shown(value ?? '')}`, source: 'wire', ref: null }))
}
