/** What the other connections of a run tell of one whose requests were not served. Pure. */
import type { Elsewhere } from '../diagnosis/observation.ts'
import type { Connection } from './connection.ts'

/** undefined where the HTTP of this connection is not known, or where go itself has said what failed in its run. */
export function lookElsewhere(connection: Connection, all: readonly Connection[]): Elsewhere | undefined {
  if (connection.exchanges.length === 0) return undefined
  const others = all.filter((each) => each !== connection && each.runId === connection.runId)
  if ([connection, ...others].some(({ witness }) => witness !== null)) return undefined
  const meanwhile = others.filter((each) => endOf(each) >= connection.start.startedAt.getTime())
  return {
    exchanges: meanwhile.flatMap(({ exchanges }) => exchanges),
    hasUnseen: meanwhile.some((each) => isHidden(each) && isLater(each, connection) && each.start.host !== connection.start.host),
  }
}

/** Passed through, or over without a word of HTTP; one that is still open may tell more. */
function isHidden({ interception, exchanges, outcome }: Connection): boolean {
  return exchanges.length === 0 && (interception?.kind === 'passed-through' || outcome !== 'open')
}

function isLater(each: Connection, { start }: Connection): boolean {
  return each.start.startedAt.getTime() >= start.startedAt.getTime()
}

function endOf({ start, closedAtMs }: Connection): number {
  return closedAtMs === null ? Number.POSITIVE_INFINITY : start.startedAt.getTime() + closedAtMs
}
