/** Numbered evidence with its source, each line linked to what it points at, and how sure the diagnosis is. */
import type { Diagnosis, EvidenceLine } from '../src/contract/diagnosis.ts'
import type { Handshake } from '../src/contract/handshake.ts'
import { linkToHandshake, showSection, showTabs, type Tab } from './router.ts'
import { casing } from './sentence.ts'
import { confidenceWords, sourceWords } from './words.ts'

const CONFIDENCE_MEANING: Readonly<Record<Diagnosis['confidence'], string>> = {
  certain: 'Rebuilt with go’s own rules, or the wire says so in clear.',
  high: 'Shown by what was seen; one step is inferred or comes from a probe.',
  likely: 'It fits all that was seen.',
  possible: 'It fits what was seen, and so may something else.',
}

/** Where a kind of evidence is looked at when its reference names no tab. */
const TABS_OF: Readonly<Record<string, Tab>> = {
  records: 'bytes',
  messages: 'bytes',
  certificates: 'certificates',
  certs: 'certificates',
  chain: 'certificates',
  clientHello: 'negotiation',
  serverHello: 'negotiation',
  alerts: 'events',
  http: 'http',
}

interface EvidenceProps {
  readonly diagnosis: Diagnosis
  readonly handshake: Pick<Handshake, 'id' | 'mode'>
}

export function EvidenceList({ diagnosis, handshake }: EvidenceProps) {
  const { word, bars } = confidenceWords(diagnosis.confidence)
  return (
    <div id="evidence">
      <h3 class="h4">Evidence</h3>
      <ol class="evidence">
        {diagnosis.evidence.map((line, at) => (
          <li key={line.text}>
            <span class="n">{at + 1}</span>
            <span class={casing(line.text, diagnosis.host)}>
              {line.text} <Source line={line} handshake={handshake} />
            </span>
          </li>
        ))}
      </ol>
      <p class="note confidence">
        <span class="bars" aria-hidden="true">
          {[1, 2, 3, 4, 5].map((bar) => (
            <i key={bar} class={bar <= bars ? 'on' : ''} />
          ))}
        </span>
        <span>
          <b data-testid="confidence">{word}.</b> {CONFIDENCE_MEANING[diagnosis.confidence]}
          {diagnosis.count > 1 && ` Seen ${diagnosis.count} times.`}
        </span>
      </p>
    </div>
  )
}

function Source({ line, handshake }: { readonly line: EvidenceLine; readonly handshake: EvidenceProps['handshake'] }) {
  const words = handshake.mode === 'intercept' && line.source === 'decrypted' ? 'decrypted here' : sourceWords(line.source)
  const link = line.ref === null ? null : linkOf(line.ref, handshake.id)
  if (link === null) return <span class="src">{words}</span>
  return (
    <a class="src" href={link} onClick={isTrials(line.ref) ? () => showSection('trials') : showTabs}>
      {words}
    </a>
  )
}

function isTrials(ref: string | null): boolean {
  return ref !== null && ref.split('/')[1] === 'trials'
}

/** "418/records/1" as a link of this page; null when it does not name a handshake. */
function linkOf(ref: string, handshakeId: number): string | null {
  const [id, kind, place] = ref.split('/')
  if (!/^\d+$/.test(id ?? '')) return null
  if (isTrials(ref)) return linkToHandshake(Number(id), null, 'trials')
  const tab = TABS_OF[kind ?? '']
  return tab === undefined && Number(id) === handshakeId ? null : linkToHandshake(Number(id), tab ?? null, place ?? null)
}
