/** The answer: what is broken, where, why, what go said, how to repair it, and by what it is shown. */
import type { Diagnosis } from '../src/contract/diagnosis.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import { EvidenceList } from './evidence-list.tsx'
import { FixBox } from './fix-box.tsx'
import { PathDiagram } from './path-diagram.tsx'
import { casing } from './sentence.ts'
import { took } from './time-words.ts'
import { causeWords, legWords, stageWords } from './words.ts'

export function DiagnosisCard({ detail }: { readonly detail: HandshakeDetail }) {
  const { diagnosis, handshake } = detail
  if (diagnosis === null) return <PlainOutcome detail={detail} />
  const isFailed = handshake.outcome === 'failed' || diagnosis.stage !== null
  return (
    <article class={isFailed ? 'card diagnosis' : 'card diagnosis good'} aria-labelledby="diagnosis-title" data-testid="diagnosis">
      <div>
        <Where diagnosis={diagnosis} />
        <h2 id="diagnosis-title" class={casing(diagnosis.title, diagnosis.host)}>
          {diagnosis.title}
        </h2>
        <p class={`lead ${casing(diagnosis.why, diagnosis.host)}`}>{diagnosis.why}</p>
        <PathDiagram detail={detail} />
        {diagnosis.goText !== null && <GoText goText={diagnosis.goText} />}
      </div>
      <FixBox fixes={diagnosis.fixes} willNotHelp={diagnosis.willNotHelp} />
      <EvidenceList diagnosis={diagnosis} handshake={handshake} />
      <Alternatives diagnosis={diagnosis} />
    </article>
  )
}

function Where({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { stage, leg, cause } = diagnosis
  return (
    <p class="where">
      {stage !== null && (
        <span class="badge fail">
          ✕ Failed at {stageWords(stage)}
          {leg !== null && `, leg ${legWords(leg)}`}
        </span>
      )}
      <code class="code-name" data-testid="cause" title={causeWords(cause)}>
        {cause}
      </code>
    </p>
  )
}

/** go's sentence; the part after the last known prefix is the cause and stands out. */
function GoText({ goText }: { readonly goText: NonNullable<Diagnosis['goText']> }) {
  const at = goText.text.search(/x509: |tls: (?!failed to verify)|net\/http: |remote error: |read tcp |dial tcp |proxyconnect |EOF$/)
  const cut = Math.max(at, 0)
  return (
    <figure class="go-text">
      <figcaption>{goText.source === 'stderr' ? 'go said' : 'go says (predicted by go’s own rules)'}</figcaption>
      <pre data-testid="go-text">
        {goText.text.slice(0, cut)}
        <mark>{goText.text.slice(cut)}</mark>
      </pre>
    </figure>
  )
}

function Alternatives({ diagnosis }: { readonly diagnosis: Diagnosis }) {
  const { alsoTrue, alsoPossible, notChecked } = diagnosis
  if (alsoTrue.length + alsoPossible.length + notChecked.length === 0) return null
  return (
    <div class="asides">
      {alsoTrue.length > 0 && (
        <p>
          <b>Also true: </b>
          {alsoTrue.join(' ')}
        </p>
      )}
      {alsoPossible.map((other) => (
        <p key={other.cause}>
          <b>Also possible ({other.confidence}): </b>
          {causeWords(other.cause)}. To tell them apart: <code>{other.test}</code>
        </p>
      ))}
      {notChecked.length > 0 && (
        <p>
          <b>Not checked: </b>
          {notChecked.join(', ')}.
        </p>
      )}
    </div>
  )
}

/** A handshake without a diagnosis: it passed, is still open, or was broken off. */
function PlainOutcome({ detail }: { readonly detail: HandshakeDetail }) {
  const { handshake } = detail
  const [title, why] = outcomeWords(handshake)
  return (
    <article
      class={`card diagnosis ${handshake.outcome === 'passed' ? 'good' : 'plain'}`}
      aria-labelledby="diagnosis-title"
      data-testid="diagnosis"
    >
      <div>
        <h2 id="diagnosis-title">{title}</h2>
        <p class="lead">{why}</p>
        <PathDiagram detail={detail} />
      </div>
    </article>
  )
}

function outcomeWords(handshake: HandshakeDetail['handshake']): readonly [string, string] {
  const { serverHello } = handshake
  const chosen = serverHello === null ? '' : `${serverHello.selectedVersion.name}, ${serverHello.cipherSuite.name}. `
  if (handshake.outcome === 'passed')
    return ['✓ Nothing failed on the way to the module', `${chosen}Connection of ${took(handshake.durationMs)}.`]
  if (handshake.outcome === 'open') {
    const awaited = handshake.waitingFor === null ? 'Still open' : `Waiting for ${handshake.waitingFor}`
    return [awaited, 'go has not given up yet. This page settles in place as soon as the connection ends.']
  }
  if (handshake.outcome === 'aborted')
    return [
      'go ended the connection before it was done',
      'Usually because another connection had already answered, or go itself was stopped.',
    ]
  return ['Failed, and the cause is not known yet', 'A probe may still be under way. What was seen on the wire is below.']
}
