/** The files that a handshake can be saved as. */
import type { Document } from '../contract/document.ts'
import type { CertificateSummary, Handshake } from '../contract/handshake.ts'
import { makeHar } from '../report/har.ts'
import { jsonText } from '../report/json-text.ts'
import { markdownReport } from '../report/markdown.ts'
import { exportPcapng } from '../report/pcapng-export.ts'
import type { Store } from '../store/store.ts'
import { type Answer, fileAnswer } from './answer.ts'
import { documentOf } from './describe.ts'

/** The file of this name, null where there is none. File names are made of the id alone, never of captured text. */
export function answerDownload(store: Store, handshake: Handshake, name: string, tool: Document['tool']): Answer | null {
  const { id, certificates } = handshake
  const document = () => documentOf(store, handshake, tool)
  switch (name) {
    case 'chain.pem':
      return certificates === null ? null : fileAnswer(`whytls-${id}-chain.pem`, 'application/x-pem-file', chainPem(certificates.chain))
    case 'export.json':
      return fileAnswer(`whytls-${id}.json`, 'application/json; charset=utf-8', `${jsonText(document(), 2)}\n`)
    case 'export.har':
      return fileAnswer(`whytls-${id}.har`, 'application/json; charset=utf-8', `${jsonText(makeHar(document()), 2)}\n`)
    case 'export.pcapng':
      return fileAnswer(`whytls-${id}.pcapng`, 'application/x-pcapng', composeCapture(store, withProbes(store, [id])))
    case 'report.md':
      return fileAnswer(`whytls-${id}.md`, 'text/markdown; charset=utf-8', `${markdownReport(document())}\n`)
    default:
      return null
  }
}

/** Certificates as PEM, in the order given. */
export function chainPem(chain: readonly Pick<CertificateSummary, 'der'>[]): string {
  return chain
    .map(({ der }) => `-----BEGIN CERTIFICATE-----\n${(der.match(/.{1,64}/g) ?? []).join('\n')}\n-----END CERTIFICATE-----\n`)
    .join('')
}

/** These handshakes as a capture file. */
export function composeCapture(store: Store, ids: readonly number[]): Uint8Array {
  const handshakes = ids.flatMap((id) => store.handshake(id) ?? [])
  const diagnoses = store.diagnoses({ handshakeIds: ids })
  const diagnosisOf = new Map(diagnoses.flatMap((diagnosis) => diagnosis.handshakes.map((id) => [id, diagnosis] as const)))
  return exportPcapng(
    handshakes.map((handshake) => ({
      handshake,
      diagnosis: diagnosisOf.get(handshake.id) ?? null,
      messages: store.messages(handshake.id),
      flight: store.flight(handshake.id),
    })),
  )
}

/** Handshakes and the probes that repeat them: only those have octets behind ServerHello. */
export function withProbes(store: Store, ids: readonly number[]): readonly number[] {
  const chosen = new Set(ids)
  const probes = store.rows({ limit: MANY, filter: 'mode:probe' }).filter(({ probeOf }) => probeOf !== null && chosen.has(probeOf))
  return [...new Set([...ids, ...probes.map(({ id }) => id)])].sort((a, b) => a - b)
}

const MANY = 100_000
