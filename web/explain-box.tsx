/** Paste an error of go, git or curl: what may be behind it, and the one command that decides. Nothing of it is kept. */
import { useSignal } from '@preact/signals'
import type { PasteExplanation } from '../src/diagnosis/explain-paste.ts'
import { postExplain, RequestFailed } from './api.ts'
import { CommandBox } from './command-box.tsx'
import { FailureNote } from './failure-note.tsx'
import { inlined } from './inlined.ts'

export function ExplainBox() {
  const text = useSignal('')
  const found = useSignal<readonly PasteExplanation[] | RequestFailed | null>(null)
  if (inlined !== null) return null
  const explain = async (event: Event): Promise<void> => {
    event.preventDefault()
    try {
      found.value = await postExplain(text.value)
    } catch (failure) {
      if (!(failure instanceof RequestFailed)) throw failure
      found.value = failure
    }
  }
  return (
    <section class="card" aria-labelledby="explain-title" data-testid="explain">
      <h2 class="h4" id="explain-title">
        Or paste an error
      </h2>
      <form onSubmit={explain}>
        <label class="sr" for="pasted">
          Output of go, git or curl
        </label>
        <textarea
          id="pasted"
          rows={3}
          spellcheck={false}
          placeholder={'go: golang.org/x/text@v0.21.0: Get "https://…": tls: …'}
          value={text.value}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
        <div class="bar">
          <button type="submit" class="btn" disabled={text.value.trim() === ''}>
            Explain
          </button>
          <span class="hint">Read by this whytls, offline; nothing of it is kept.</span>
        </div>
      </form>
      <div aria-live="polite">
        {found.value instanceof RequestFailed && <FailureNote failure={found.value} />}
        {found.value !== null && !(found.value instanceof RequestFailed) && <Explanations found={found.value} />}
      </div>
    </section>
  )
}

function Explanations({ found }: { readonly found: readonly PasteExplanation[] }) {
  if (found.length === 0)
    return <p class="note">No sentence in it is known. Run the command through whytls: the wire says more than a sentence.</p>
  return found.map((one) => (
    <article key={one.text + one.line} class="explained" data-testid="explanation">
      <h3 class="h4">
        <code>{one.text}</code>
        {one.count > 1 && <span class="badge times">×{one.count}</span>}
      </h3>
      <ol>
        {one.candidates.map(({ cause, meaning, why }) => (
          <li key={cause}>
            <code class="code-name">{cause}</code> <b>{meaning}</b> {why}
          </li>
        ))}
      </ol>
      {one.notes.map((note) => (
        <p key={note} class="note">
          {note}
        </p>
      ))}
      <p class="note">
        <b>What decides: </b>
        {one.decide.because}
      </p>
      <CommandBox commands={[one.decide.command]} />
    </article>
  ))
}
