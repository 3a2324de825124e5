/** Which hosts of other domains got the very same answer in clear. Pure. */
import { isPublicLooking, mayBelongTogether } from '../diagnosis/unrelated.ts'
import { bareAddress, type Connection } from './connection.ts'
import { isSameWay } from './same-route.ts'

/** Other hosts whose ClientHello met this same answer: one box answers for all. One server under several names has one address, and is none. */
export function sameAnswerFor(connection: Connection, others: readonly Connection[]): readonly string[] {
  const own = answerOf(connection)
  if (own === null) return []
  const alike = others.filter((other) => answerOf(other) === own && isSameWay(connection, other) && isOther(connection, other))
  return [...new Set(alike.map(({ start }) => start.host))]
}

function isOther(one: Connection, other: Connection): boolean {
  const [own, theirs] = [one.start.host, other.start.host]
  if (!isPublicLooking(own) || !isPublicLooking(theirs) || mayBelongTogether(own, theirs)) return false
  return one.route.length > 0 || bareAddress(one) !== bareAddress(other)
}

function answerOf({ transcript }: Connection): string | null {
  const answer = transcript?.notTls
  if (answer?.kind !== 'http') return null
  return JSON.stringify([answer.statusLine, answer.location ?? '', answer.page ?? null])
}
