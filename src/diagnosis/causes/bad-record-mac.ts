import type { EvidenceLine } from '../../contract/diagnosis.ts'
import type { Confidence, Stage } from '../../contract/terms.ts'
import { mayRefuseFinished } from '../../handshake/late-signs.ts'
import { sameStart } from '../../handshake/same-start.ts'
import type { Transcript } from '../../handshake/transcript.ts'
import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { serverAlertAtFinished, usesRsaKeyExchange } from '../finished-signs.ts'
import { NO_HELP_FOR_CERTIFICATES, networkFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { clientRefusal } from '../refusal.ts'
import { probeCommand } from '../remedy.ts'
import { saidBehindHandshake } from '../said-behind-tls.ts'

interface Evidence {
  /** Who could not decrypt. */
  readonly by: 'go' | 'server'
  /** `record`: it was met and cannot be decrypted; `alert`: the server says so in clear; `words`: go says so, behind the handshake; `left-over`: nothing else is left that go could have refused. */
  readonly how: 'record' | 'alert' | 'words' | 'left-over'
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
    const found = findDamaged13(seen) ?? findDamaged12(seen) ?? findTold(seen) ?? findSaid(seen) ?? findUnrepeated(seen)
    return found === undefined ? undefined : { ...found, leg: 'upstream' }
  },
  goText: ({ by }: Evidence) => `${by === 'go' ? 'local' : 'remote'} error: tls: bad record MAC`,
  explain: (evidence: Evidence, seen) => ({
    title: `${evidence.by === 'go' ? 'an encrypted record from' : 'an encrypted record to'} ${shownHost(seen.target.host, seen.target.port)} arrived damaged`,
    why: `Every encrypted record carries a tag over its octets; ${evidence.by === 'go' ? 'the tag of one that arrived here' : 'the tag of one that arrived at the server'} does not fit. Octets were changed on the way (a device that rewrites or injects data, broken hardware or offloading)${evidence.isFirst ? ', or the two sides have different keys because something changed their hellos' : ''}. Certificates play no part in it.`,
    evidence: evidenceLines(evidence),
    fixes: [
      networkFix(seen, 'find the device that changes the stream: try without the VPN, the proxy or the inspecting firewall on this path'),
    ],
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    alsoPossible:
      evidence.how === 'alert'
        ? [{ cause: 'finished-mismatch' as const, confidence: 'possible' as const, test: probeCommand(seen.target.host, seen.target.port) }]
        : [],
    notChecked: ['who on the path changed it'],
  }),
})

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

function evidenceLines({ by, how, index, words }: Evidence): readonly EvidenceLine[] {
  if (how === 'words')
    return [
      { text: `go: ${shown(words ?? '')}`, source: 'stderr', ref: null },
      { text: 'the handshake was complete', source: 'wire', ref: null },
    ]
  if (how === 'alert')
    return [{ text: 'the server answered the client’s Finished with alert 20 (bad_record_mac)', source: 'wire', ref: null }]
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

const BAD_RECORD_MAC = 20
const CERTIFICATE = 11
const CERTIFICATE_VERIFY = 15
