/** Beside the count: whether older rows are still to be looked at. */
import { listedText } from './listed.ts'
import { fetchOlderRows, older } from './older.ts'

export function OlderNote() {
  const state = older.value
  const isSearch = listedText.value !== ''
  if (state === 'none') return null
  return (
    <span data-testid="older">
      {isSearch && 'so far, '}
      {state === 'busy' && (isSearch ? 'searching older …' : 'loading older …')}
      {state === 'failed' && 'older ones did not come: '}
      {state !== 'busy' && (
        <button type="button" class="link" onClick={() => void fetchOlderRows()}>
          {state === 'failed' ? 'try again' : isSearch ? 'search older' : 'load older'}
        </button>
      )}
    </span>
  )
}
