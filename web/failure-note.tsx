/** A request that brought nothing, in words: what, where, what to do. */
import type { RequestFailed } from './api.ts'

interface FailureProps {
  readonly failure: RequestFailed
  readonly retry?: () => void
}

export function FailureNote({ failure, retry }: FailureProps) {
  return (
    <div class="card trouble" role="alert" data-testid="failure">
      <h2>{failure.message}</h2>
      <p>{failure.hint}</p>
      <p class="hint">
        <code>{failure.where}</code> {failure.status > 0 && `HTTP ${failure.status}, `}
        {failure.code}
      </p>
      {retry !== undefined && (
        <button type="button" class="btn" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  )
}
