/** How to send go's connections through whytls, and what is ready. Also what an empty list shows. */
import { useState } from 'preact/hooks'
import { CommandBox } from './command-box.tsx'
import { ExplainBox } from './explain-box.tsx'
import { FailureNote } from './failure-note.tsx'
import { meta, metaFailure, refreshMeta } from './meta.ts'
import { total } from './rows.ts'
import { TabRow } from './tab-row.tsx'

const WRAPPED = 'whytls run -- go mod download'

export function SetupView() {
  const known = meta.value
  return (
    <div class="page" data-testid="setup">
      <h1>{total.value === 0 ? 'Waiting for the first handshake' : 'Set up'}</h1>
      <p class="lead">
        Run the command that fails.{' '}
        {known?.mode === 'intercept'
          ? 'whytls decrypts what go would accept, passes all else through unchanged, and shows where TLS breaks.'
          : 'whytls passes every byte through unchanged and shows where TLS breaks.'}
      </p>
      {metaFailure.value !== null && known === null && <FailureNote failure={metaFailure.value} retry={() => void refreshMeta()} />}
      <div class="steps">
        <section class="card">
          <h2 class="h4">Shortest way: wrap the command</h2>
          <CommandBox commands={[WRAPPED]} isPrimary />
          <p class="note">Sets HTTPS_PROXY for that command only, keeps its output and exit code.</p>
        </section>
        {known !== null && known.setup.shells.length > 0 && <Shells shells={known.setup.shells} parent={known.parent} />}
        {known !== null && known.setup.checks.length > 0 && <Checks checks={known.setup.checks} />}
        <ExplainBox />
      </div>
    </div>
  )
}

type Known = NonNullable<typeof meta.value>

function Shells({ shells, parent }: { readonly shells: Known['setup']['shells']; readonly parent: string | null }) {
  const [picked, pick] = useState(0)
  const shell = shells[Math.min(picked, shells.length - 1)]
  if (shell === undefined) return null
  return (
    <section class="card">
      <h2 class="h4">Or point your shell at this proxy</h2>
      <TabRow name="Shells" labels={shells.map((each) => each.shell)} picked={shells.indexOf(shell)} onPick={pick} />
      <CommandBox commands={shell.commands} />
      {shell.undo.length > 0 && (
        <details class="undo">
          <summary>Undo</summary>
          <CommandBox commands={shell.undo} what="Undo command" />
        </details>
      )}
      <p class="note">
        {parent !== null && (
          <>
            A proxy you already use (<code>{parent}</code>) was found in the environment: whytls forwards to it.{' '}
          </>
        )}
        <code>go env -w HTTPS_PROXY</code> does not exist, so set it in the shell.
      </p>
    </section>
  )
}

function Checks({ checks }: { readonly checks: Known['setup']['checks'] }) {
  const isReady = checks.every((check) => check.ok !== false)
  return (
    <section class="card">
      <h2 class="h4">{isReady ? 'Ready' : 'Not quite ready'}</h2>
      <ul class="checks">
        {checks.map((check) => (
          <li key={check.name} class={check.ok === true ? '' : 'warn'}>
            <span class="sr">{check.ok === true ? 'fine: ' : check.ok === false ? 'problem: ' : 'note: '}</span>
            <span aria-hidden="true">{check.ok === true ? '✓ ' : check.ok === false ? '✕ ' : '! '}</span>
            <b>{check.name}</b> {check.text}
          </li>
        ))}
      </ul>
    </section>
  )
}
