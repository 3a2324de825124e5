/** The frame: header, the view of the route, help, and the live region. */
import { announced } from './announce.ts'
import { CompareView } from './compare-view.tsx'
import { DetailView } from './detail-view.tsx'
import { FailureNote } from './failure-note.tsx'
import { live } from './feed-client.ts'
import { HelpDialog, isHelpShown } from './help-dialog.tsx'
import { ListView } from './list-view.tsx'
import { LivePill } from './live-pill.tsx'
import { meta, metaFailure } from './meta.ts'
import { PickView } from './pick-view.tsx'
import { linkTo, route } from './router.ts'
import { isFilled, newestFirst } from './rows.ts'
import { SetupView } from './setup-view.tsx'
import { Summary } from './summary.tsx'
import { switchTheme, theme } from './theme.ts'

export function App({ retry }: { readonly retry: () => void }) {
  return (
    <>
      <Header retry={retry} />
      <View retry={retry} />
      <HelpDialog />
      <div class="sr" aria-live="polite" data-testid="announced">
        {announced.value}
      </div>
    </>
  )
}

function Header({ retry }: { readonly retry: () => void }) {
  const { view, q } = route.value
  return (
    <header class="top">
      <a class="logo" href={linkTo({ view: 'list', q: '' })} aria-label="whytls, home">
        why<i>tls</i>
      </a>
      <nav aria-label="Views">
        <NavLink to={linkTo({ view: 'list', q })} isHere={view === 'list' || view === 'handshake'}>
          Handshakes
        </NavLink>
        <NavLink to={linkTo({ view: 'pick', q })} isHere={view === 'pick' || view === 'compare'}>
          Compare
        </NavLink>
        <NavLink to={linkTo({ view: 'setup', q: '' })} isHere={view === 'setup'}>
          Set up
        </NavLink>
      </nav>
      <span class="grow" />
      <LivePill retry={retry} />
      {meta.value !== null && (
        <span class="pill hide-narrow" title={MODE_WORDS[meta.value.mode]}>
          Mode: {meta.value.mode}
        </span>
      )}
      <button type="button" class="btn icon hide-narrow" aria-label="Keys" onClick={() => (isHelpShown.value = true)}>
        ?
      </button>
      <button
        type="button"
        class="btn icon"
        aria-label={`Theme: ${theme.value}`}
        title={`Theme: ${theme.value}`}
        data-testid="theme"
        onClick={switchTheme}
      >
        {{ auto: '◐', light: '○', dark: '●' }[theme.value]}
      </button>
    </header>
  )
}

const MODE_WORDS = {
  observe: 'Bytes pass through unchanged; encrypted certificates are learned by a probe',
  intercept: 'What go would accept is decrypted here; all else passes through unchanged',
} as const

function NavLink({ to, isHere, children }: { readonly to: string; readonly isHere: boolean; readonly children: string }) {
  return (
    <a href={to} aria-current={isHere ? 'page' : undefined}>
      {children}
    </a>
  )
}

function View({ retry }: { readonly retry: () => void }) {
  const now = route.value
  if (now.view === 'setup') return <main>{<SetupView />}</main>
  if (now.view === 'pick') return <main>{<PickView />}</main>
  if (now.view === 'compare') return <main>{<CompareView a={now.a} b={now.b} />}</main>
  const isEmpty = newestFirst.value.length === 0
  if (isEmpty && now.view === 'list') return <main>{isFilled.value ? <SetupView /> : <Unfilled retry={retry} />}</main>
  if (now.view === 'list') {
    return (
      <>
        <Summary />
        <main>
          <ListView />
        </main>
      </>
    )
  }
  return (
    <main class="split">
      <ListView />
      <DetailView open={now} />
    </main>
  )
}

/** Before the first snapshot: what is awaited, or why it does not come. */
function Unfilled({ retry }: { readonly retry: () => void }) {
  const failure = metaFailure.value
  return (
    <div class="page">
      {failure === null ? (
        <h1 class="hint">{live.value.kind === 'stopped' ? live.value.reason : 'Asking whytls for its handshakes …'}</h1>
      ) : (
        <FailureNote failure={failure} retry={retry} isAll />
      )}
    </div>
  )
}
