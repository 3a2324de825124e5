/** The page: takes its token, follows the feed, draws itself. */
import './page.css'
import { effect } from '@preact/signals'
import { render } from 'preact'
import type { InlinedReport } from '../src/feed/protocol.ts'
import { announceFailures } from './announce.ts'
import { App } from './app.tsx'
import { followOpenHandshake } from './detail.ts'
import { browserSurroundings, FeedClient, live } from './feed-client.ts'
import { recallLetterKeys } from './help-dialog.tsx'
import { inlined } from './inlined.ts'
import { pressKey } from './keys.ts'
import { followFolds, recallGrouping } from './listed.ts'
import { metaFailure, refreshMeta } from './meta.ts'
import { searchOlder } from './older.ts'
import { readRoute, route } from './router.ts'
import { closeSnapshot, edge, holdRows, isFilled, newestFirst } from './rows.ts'
import { followTheme } from './theme.ts'
import { currentToken, takeToken } from './token.ts'

const TITLES = { list: '', setup: 'Set up · ', pick: 'Compare · ', compare: 'Compare · ' } as const

takeToken()
readRoute()
followTheme()
recallGrouping()
followFolds()
recallLetterKeys()

/** A socket that never opened does not say why: the API does. */
async function askWhy(): Promise<string | null> {
  await refreshMeta()
  return metaFailure.value?.status === 401 ? metaFailure.value.message : null
}

const feed = new FeedClient(browserSurroundings(currentToken, askWhy))
const retry = (): void => {
  void refreshMeta()
  feed.start()
}

addEventListener('popstate', readRoute)
addEventListener('hashchange', () => {
  if (takeToken()) retry()
  readRoute()
})
addEventListener('keydown', pressKey)
document.addEventListener('visibilitychange', () => document.hidden || feed.wake())

followOpenHandshake()
followSetup()
followFailures()
searchOlder()
render(<App retry={retry} />, document.body)
if (inlined === null) feed.start()
else showFile(inlined)

/** All that there is, at once. */
function showFile({ rows, runs }: InlinedReport): void {
  holdRows(rows, runs)
  closeSnapshot()
  isFilled.value = true
  live.value = { kind: 'file' }
  void refreshMeta()
}

/** Ask for meta whenever the page becomes live, and title the page by its view. */
function followSetup(): void {
  let wasLive = false
  effect(() => {
    const isLive = live.value.kind === 'live'
    if (isLive && !wasLive) void refreshMeta()
    wasLive = isLive
  })
  effect(() => {
    const now = route.value
    document.title = now.view === 'handshake' ? `#${now.id} · whytls` : `${TITLES[now.view]}whytls`
  })
}

/** Tell of failures that were not there before; those of the first snapshot and older ones are no news. */
function followFailures(): void {
  let known: number | null = null
  let last = edge.value
  effect(() => {
    const failed = newestFirst.value.filter((row) => row.outcome === 'failed' && row.probeOf === null).length
    if (known !== null && failed > known && edge.value === last) announceFailures(failed - known)
    last = edge.value
    if (isFilled.value) known = failed
  })
}
