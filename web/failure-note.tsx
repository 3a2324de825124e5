/** A request that brought nothing, in words: what, where, what to do. */
import type { RequestFailed } from './api.ts'
import { capital } from './sentence.ts'

interface FailureProps {
  readonly failure: RequestFailed
  readonly retry?: () => void
  /** Nothing else is on the page. */
  readonly isAll?: boolean
}

export function FailureNote({ failure, retry, isAll = false }: FailureProps) {
  const Title = isAll ? 'h1' : 'h2'
  return (
    <div class="card trouble" role="alert" data-testid="failure">
      <Title>{capital(failure.message)}</Title>
      <p>{capital(failure.hint)}</p>
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
