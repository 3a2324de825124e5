import type { EvidenceLine } from '../../contract/diagnosis.ts'
import type { Confidence, Stage } from '../../contract/terms.ts'
import { endedByServerFirst, mayRefuseFinished, refusedBehindFinished } from '../../handshake/late-signs.ts'
import { sameStart } from '../../handshake/same-start.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverAlertAtFinished, usesRsaKeyExchange } from '../finished-signs.ts'
import { NO_HELP_FOR_CERTIFICATES, networkFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { clientRefusal } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { leftOpenBehindHandshake, saidBehindHandshake } from '../said-behind-tls.ts'

interface Evidence {
  /** Who could not decrypt. */
  readonly by: 'go' | 'server'
  /** `record`: it was met and cannot be decrypted; `alert`: the server says so in clear; `words`: go says so, behind the handshake; `goodbye`: there go sent an alert before its close_notify; `gave-up`: there go ended a session that the server had not, before a request; `left-over`: nothing else is left that go could have refused. */
  readonly how: 'record' | 'alert' | 'words' | 'goodbye' | 'gave-up' | 'left-over'
  /** Which encrypted record of the server, from 0; null where that is not known. */
  readonly index: number | null
  readonly words: string | null
  readonly isFirst: boolean
}

/** A record whose tag does not fit: damaged on the way, or protected with other keys. */
export const badRecordMac = defineCause({
  id: 'bad-record-mac',
  meaning: 'An encrypted record is damaged',
  fault: 'middlebox',
  detect(seen) {
    const found =
      findDamaged13(seen) ?? findDamaged12(seen) ?? findTold(seen) ?? findSaid(seen) ?? findGoodbye(seen) ?? findUnrepeated(seen)
    return found === undefined ? undefined : { ...found, leg: 'upstream' }
  },
  goText: ({ by }: Evidence) => `${by === 'go' ? 'local' : 'remote'} error: tls: bad record MAC`,
  explain: (evidence: Evidence, seen) => ({
    title: `${evidence.by === 'go' ? 'an encrypted record from' : 'an encrypted record to'} ${shownHost(seen.target.host, seen.target.port)} arrived damaged`,
    why: whyOf(evidence),
    evidence: evidenceLines(evidence),
    fixes: [
      networkFix(seen, 'find the device that changes the stream: try without the VPN, the proxy or the inspecting firewall on this path'),
    ],
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    alsoPossible: lookAlikes(evidence).map((cause) => ({
      cause,
      confidence: 'possible' as const,
      test: probeCommand(seen.target.host, seen.target.port),
    })),
    notChecked: [
      'who on the path changed it',
      ...(evidence.how === 'goodbye' || evidence.how === 'gave-up' ? ['which alert go sent: it is encrypted'] : []),
    ],
  }),
})

function whyOf({ by, how, isFirst }: Evidence): string {
  const whose = by === 'go' ? 'the tag of one that arrived here' : 'the tag of one that arrived at the server'
  const told =
    how === 'goodbye' || how === 'gave-up'
      ? 'The handshake was complete; then go refused what the server sent. In a session that began so well the usual reason is that the record’s tag does not fit.'
      : `Every encrypted record carries a tag over its octets; ${whose} does not fit.`
  const orKeys = isFirst ? ', or the two sides have different keys because something changed their hellos' : ''
  return `${told} Octets were changed on the way (a device that rewrites or injects data, broken hardware or offloading)${orKeys}. Certificates play no part in it.`
}

interface Found {
  readonly evidence: Evidence
  readonly stage: Stage
  readonly confidence: Confidence
}

/** TLS 1.3: go refused, and the probe (or this very connection, where it is one) met a record that its keys do not open. */
function findDamaged13(seen: Observation): Found | undefined {
  const refusal = clientRefusal(seen)
  const isOwn = seen.transcript.damagedRecord?.beforeFinished === true
  const met = isOwn ? seen.transcript : seen.probe?.transcript
  const damaged = met?.damagedRecord
  if (seen.outcome !== 'failed' || refusal === undefined || met === undefined || damaged?.beforeFinished !== true) return undefined
  if (refusal.alertCode !== null && refusal.alertCode !== BAD_RECORD_MAC) return undefined
  const confidence = isOwn ? 'certain' : sameStart(seen.transcript, met, damaged.index + 1) ? 'high' : 'likely'
  const evidence: Evidence = { by: 'go', how: 'record', index: damaged.index, words: null, isFirst: damaged.index === 0 }
  return { evidence, stage: stageOfDamage(met), confidence }
}

/** What was awaited when the record came; EncryptedExtensions belongs to the ServerHello. */
function stageOfDamage({ messages, certificateRequest }: Transcript): Stage {
  const hidden = messages.filter(({ dir, source }) => dir === 'server-to-client' && source === 'decrypted').map(({ type }) => type)
  if (hidden.includes(CERTIFICATE_VERIFY)) return 'finished'
  if (hidden.includes(CERTIFICATE)) return 'key-exchange'
  return hidden.length > 0 || certificateRequest !== null ? 'certificate' : 'server-hello'
}

/** TLS 1.2: go answered the server's Finished by an alert, and the probe's keys do not open that record. */
function findDamaged12(seen: Observation): Found | undefined {
  if (seen.outcome !== 'failed' || seen.proof?.finished !== 'damaged' || !mayRefuseFinished(seen.transcript)) return undefined
  const evidence: Evidence = { by: 'go', how: 'record', index: 0, words: null, isFirst: true }
  return { evidence, stage: 'finished', confidence: 'high' }
}

/** TLS 1.2: the server's bad_record_mac in clear where its Finished is awaited. With RSA key exchange it more likely has another key. */
function findTold(seen: Observation): Found | undefined {
  if (seen.outcome !== 'failed' || serverAlertAtFinished(seen)?.code !== BAD_RECORD_MAC || usesRsaKeyExchange(seen)) return undefined
  const evidence: Evidence = { by: 'server', how: 'alert', index: null, words: null, isFirst: true }
  return { evidence, stage: 'finished', confidence: 'likely' }
}

/** Behind the handshake only go's words tell; in TLS 1.3 that is also where the server's refusal of the client's Finished arrives. */
function findSaid(seen: Observation): Found | undefined {
  const words = saidBehindHandshake(seen, /(?:^|: )(?:local|remote) error: tls: bad record MAC$/)
  if (words === null || mayRefuseFinished(seen.transcript)) return undefined
  const by = words.includes('local error: ') ? 'go' : 'server'
  const evidence: Evidence = { by, how: 'words', index: null, words, isFirst: false }
  return { evidence, stage: 'application-data', confidence: 'certain' }
}

/** Behind the handshake go refused a record by an alert of its own, and no sentence of go names another: where a race decides its words they name none. */
function findGoodbye(seen: Observation): Found | undefined {
  const said = leftOpenBehindHandshake(seen)
  if (said === undefined) return undefined
  const isRefused = seen.outcome === 'failed' && refusedBehindFinished(seen.transcript)
  if (!isRefused && !(said?.isUnused === true && endedByClientAlone(seen))) return undefined
  const evidence: Evidence = { by: 'go', how: isRefused ? 'goodbye' : 'gave-up', index: null, words: said?.words ?? null, isFirst: false }
  return { evidence, stage: 'application-data', confidence: isRefused ? 'likely' : 'possible' }
}

/** The handshake was complete, go left first, and nothing of the server looks like a farewell: what go's last records were is not known. */
function endedByClientAlone({ transcript, ending }: Observation): boolean {
  return transcript.isComplete && ending?.by === 'client' && !transcript.serverAlertAfterFinished && !endedByServerFirst(transcript)
}

/**
 * TLS 1.3: go refused a flight as long, record by record, as the one in which a probe found nothing to refuse: neither chain nor signature nor Finished. Then
 * go, if its roots are those that were read, could not open it: its records, or the hellos that the keys are made of, were changed on the way.
 */
function findUnrepeated(seen: Observation): Found | undefined {
  const { proof, probe, judged, roots, transcript } = seen
  const isRefused = seen.outcome === 'failed' && clientRefusal(seen)?.how === 'inferred' && transcript.certificateRequest === null
  const isFine = probe?.transcript.isComplete === true && probe.sameAsGoSaw && judged?.verdict.ok === true
  const isProven = proof?.key?.outcome === 'fits' && proof.finished === 'fits'
  if (!isRefused || !isFine || !isProven || roots === null || !seen.go.isKnown) return undefined
  const evidence: Evidence = { by: 'go', how: 'left-over', index: null, words: null, isFirst: true }
  return { evidence, stage: 'certificate', confidence: 'possible' }
}

/** What the same signs may mean. */
function lookAlikes({ how }: Evidence): readonly ('finished-mismatch' | 'unexpected-message' | 'invalid-module-response')[] {
  if (how === 'alert') return ['finished-mismatch']
  if (how === 'gave-up') return ['unexpected-message', 'invalid-module-response']
  return how === 'goodbye' ? ['unexpected-message'] : []
}

function evidenceLines({ by, how, index, words }: Evidence): readonly EvidenceLine[] {
  if (how === 'words')
    return [
      { text: `go: ${shown(words ?? '')}`, source: 'stderr', ref: null },
      { text: 'the handshake was complete', source: 'wire', ref: null },
    ]
  if (how === 'alert')
    return [{ text: 'the server answered the client’s Finished with alert 20 (bad_record_mac)', source: 'wire', ref: null }]
  if (how === 'goodbye' || how === 'gave-up')
    return [
      { text: how === 'goodbye' ? TWO_ALERTS : LEFT_FIRST, source: 'inferred', ref: null },
      ...(words === null ? [] : [{ text: `go: ${shown(words)}`, source: 'stderr' as const, ref: null }]),
    ]
  if (how === 'left-over')
    return [
      { text: 'go sent an alert-sized record (19 bytes) where Finished belongs', source: 'inferred', ref: null },
      {
        text: "a second connection met a flight as long, and its chain, its signature and its Finished hold by go's rules",
        source: 'probe',
        ref: null,
      },
    ]
  return [
    {
      text: `encrypted record ${(index ?? 0) + 1} of the server cannot be decrypted with the session’s own keys`,
      source: 'probe',
      ref: null,
    },
    { text: `${by === 'go' ? 'go' : 'the server'} ended the handshake with an alert at that place`, source: 'inferred', ref: null },
  ]
}

const TWO_ALERTS = 'go ended the session by two records of the size of an alert: one of its own, then close_notify'
const LEFT_FIRST = 'go ended the session before its first request, and the server had not'

const BAD_RECORD_MAC = 20
const CERTIFICATE = 11
const CERTIFICATE_VERIFY = 15
