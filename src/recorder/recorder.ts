/** Joins what the proxy says with the verdict of the verifier, the probe and go's own words, and hands each change to the store. */
import { diagnose, toDraft } from '../diagnosis/diagnose.ts'
import type { DiagnosisDraft } from '../diagnosis/draft.ts'
import { findUnserved } from '../diagnosis/exchange-signs.ts'
import type { Observation, ProbeResult, ResigningSigns, Witness } from '../diagnosis/observation.ts'
import { joinSigns, NO_SIGNS } from '../diagnosis/resigning.ts'
import { checkFinishedProof } from '../handshake/finished-proof.ts'
import type { ConnectionStart, ProxyEvent } from '../proxy/event.ts'
import { type ClockAnswers, isClockNeeded, judgeClock } from './clock.ts'
import { type Connection, openConnection } from './connection.ts'
import { draftClientLeg, draftHandshake, draftProbe, observe } from './draft.ts'
import { lookElsewhere } from './elsewhere.ts'
import { hasUnreadList, isGits } from './git-client.ts'
import { judgeChain } from './judge.ts'
import { judgeOutcome } from './outcome.ts'
import { PendingLooks } from './pending-looks.ts'
import { probeReason } from './probe-reason.ts'
import type { RecorderOptions } from './recorder-options.ts'
import { ReturnCounter } from './returns.ts'
import { isCutOff, saysRefused } from './said-refused.ts'
import { sameAnswerFor } from './same-answer.ts'
import { compareInRun, isComparable } from './same-route.ts'
import { takeIn } from './take-in.ts'

/** One per process. Its listener is synchronous and cheap; judging happens when a connection ends. */
export class Recorder {
  readonly #options: RecorderOptions
  readonly #connections = new Map<string, Connection>()
  readonly #looks = new PendingLooks()
  /** Looks whose row was written; a handful for each failing host. */
  readonly #writtenProbes = new Set<string>()
  readonly #returns = new ReturnCounter()
  /** Failed by their HTTP alone; taken back once something else served what they were asked for. */
  readonly #byExchange = new Set<Connection>()
  #total = 0
  #failed = 0

  constructor(options: RecorderOptions) {
    this.#options = options
  }

  /** Every connection of this process, oldest first. */
  connections(): readonly Connection[] {
    return [...this.#connections.values()]
  }

  /** One connection by its key, undefined once it was pruned. */
  find(key: string): Connection | undefined {
    return this.#connections.get(key)
  }

  /** Connections since the start, also those that were pruned. */
  get totals(): { readonly total: number; readonly failed: number } {
    return { total: this.#total, failed: this.#failed }
  }

  /** How many probes still run. */
  get probing(): number {
    return this.#looks.size
  }

  /** Resolves when no probe is pending any more. */
  settle(): Promise<void> {
    return this.#looks.settle()
  }

  /** Take in one event of the proxy. */
  readonly listen = (event: ProxyEvent): void => {
    if (event.type === 'refused') return
    if (event.type === 'opened') this.#open(event.connection)
    const connection = this.#connections.get(event.key)
    if (connection === undefined) return
    takeIn(connection, event)
    // A socket may be missing in the system's table while others come and go: ask again.
    if (isChanceToFindClient(event) && connection.client?.pid === null) this.#options.findClient?.(connection)
    this.#options.onEvent?.(event, connection)
    if (event.type === 'closed') this.#judge(connection)
    else if (event.type === 'exchange') this.#options.store.addExchanges(event.key, connection.exchanges)
    else if (shows(event)) this.#write(connection)
    if (this.#byExchange.size > 0 && serves(event)) this.#takeBack(connection)
  }

  /** Let go's own words about a connection be part of its diagnosis, and judge it anew. A handshake that passed fails by what came after it. */
  hear(key: string, witness: Witness): void {
    const connection = this.#connections.get(key)
    if (connection === undefined) return
    connection.witness = witness
    this.#takeBack(connection)
    if (!this.#isFailure(connection)) return
    const isNew = connection.outcome !== 'failed'
    connection.outcome = 'failed'
    if (isNew && saysRefused(connection)) this.#lookAgain(connection)
    else if (isGits(connection)) this.#verify(connection)
    this.#diagnose(connection)
  }

  /** go complains of a connection whose octets alone looked well: of what came in it, or of the server's end behind what may have been session tickets. */
  #isFailure(connection: Connection): boolean {
    if (connection.outcome === 'failed' || saysRefused(connection) || this.findingsOf(connection).length > 0) return true
    const endedFromServer = connection.ending?.by === 'server' || connection.ending?.how === 'rst' || isCutOff(connection)
    return endedFromServer && this.findingsOf({ ...connection, outcome: 'failed' }).length > 0
  }

  /** Judge all failed connections again, once more is known of go itself. */
  rejudge(): void {
    for (const connection of this.#connections.values()) {
      if (connection.outcome !== 'failed') continue
      this.#verify(connection)
      this.#compareInRun(connection)
      this.#diagnose(connection)
    }
  }

  /** End connections that are still open when the program stops. */
  abandon(): void {
    for (const connection of this.#connections.values()) {
      if (connection.outcome !== 'open') continue
      connection.outcome = 'aborted'
      this.#write(connection)
    }
  }

  /** Forget connections that are over and judged (a long-lived serve). */
  prune(keep: number): void {
    const over = [...this.#connections.values()].filter((connection) => connection.outcome !== 'open')
    for (const connection of over.slice(0, Math.max(0, over.length - keep))) {
      this.#connections.delete(connection.start.key)
      this.#byExchange.delete(connection)
    }
    for (const name of [...this.#writtenProbes].slice(0, -keep)) this.#writtenProbes.delete(name)
  }

  #open(start: ConnectionStart): void {
    const connection = openConnection(start, this.#options.runIdOf(start))
    this.#connections.set(start.key, connection)
    this.#total += 1
    this.#options.findClient?.(connection)
  }

  #judge(connection: Connection): void {
    connection.outcome = judgeOutcome(connection)
    const isUnread = () => hasUnreadList(connection, () => this.#options.roots(connection)?.facts ?? null)
    if (connection.outcome === 'aborted' && (this.#isExplained(connection) || isUnread())) connection.outcome = 'failed'
    if (this.#failsByExchange(connection)) {
      this.#failByExchange(connection)
      return
    }
    this.#options.trials?.note(connection)
    if (connection.outcome !== 'failed') {
      this.#letPass(connection)
      return
    }
    this.#failed += 1
    this.#verify(connection)
    this.#startProbe(connection)
    this.#askClock(connection)
    if (!connection.isProbing) this.#compare(connection)
    if (!connection.isProbing) this.#startTrials(connection)
    this.#diagnose(connection)
  }

  /** Nothing is wrong with this one alone; of many alike that all ended without an answer it is one failure. */
  #letPass(connection: Connection): void {
    const fruitless = connection.outcome === 'passed' ? this.#returns.note(connection) : []
    for (const each of fruitless) {
      each.outcome = 'failed'
      this.#failed += 1
      this.#diagnose(each)
    }
    if (fruitless.length > 0) return
    // Before its row is written, which says that a look may still change the answer.
    this.#startProbe(connection)
    this.#write(connection)
    this.#options.onJudged?.(connection)
  }

  /** What the HTTP of a good handshake shows alone; go's words may follow. */
  #failsByExchange(connection: Connection): boolean {
    return (
      connection.outcome === 'passed' &&
      connection.exchanges.length > 0 &&
      this.#isUnserved(connection) &&
      this.findingsOf(connection).length > 0
    )
  }

  #isUnserved(connection: Connection): boolean {
    return findUnserved(this.#observe(connection)) !== undefined
  }

  #failByExchange(connection: Connection): void {
    connection.outcome = 'failed'
    this.#failed += 1
    this.#byExchange.add(connection)
    this.#diagnose(connection)
  }

  /** More is known now: what the HTTP alone seemed to show of others of the run may not hold any more. */
  #takeBack({ runId }: Connection): void {
    for (const each of this.#byExchange) {
      if (each.runId !== runId || each.witness !== null || this.#isUnserved(each)) continue
      this.#byExchange.delete(each)
      each.outcome = 'passed'
      each.findings = []
      this.#failed -= 1
      this.#write(each)
      this.#options.onJudged?.(each)
    }
  }

  /** Somebody lost patience before go did (Ctrl-C), but trials beside go's wait have shown already why no answer came. */
  #isExplained(connection: Connection): boolean {
    const failed: Connection = { ...connection, outcome: 'failed' }
    const trials = this.#options.trials?.trialsOf(failed) ?? []
    if (!trials.some(({ tries }) => tries.some(({ met }) => met === 'server-hello'))) return false
    const [first] = this.findingsOf({ ...failed, trials })
    return first !== undefined && !/^(?:peer|alert)-/.test(first.cause) && first.evidence.some(({ source }) => source === 'bisect')
  }

  /** What the octets alone left open is looked at once go has said that it failed. */
  #lookAgain(connection: Connection): void {
    this.#verify(connection)
    this.#startProbe(connection)
  }

  #startProbe(connection: Connection): void {
    if (this.#options.probe === null || probeReason(connection) === null) return
    this.#looks.begin(connection, this.#options.probe(connection), (result) => this.#probed(connection, result))
  }

  /** Behind the probe, since a host is asked one thing at a time. */
  #startTrials(connection: Connection): void {
    const trials = this.#options.trials?.begin(connection) ?? null
    if (trials !== null) this.#looks.begin(connection, trials, () => this.#diagnose(connection))
  }

  #probed(connection: Connection, result: ProbeResult | null): void {
    if (connection.outcome === 'passed' && !hasBadFinished(result)) {
      this.#write(connection)
      return
    }
    if (connection.outcome === 'passed') this.#failed += 1
    connection.outcome = 'failed'
    connection.probe = result
    if (result !== null) this.#verify(connection)
    this.#writeProbe(connection)
    this.#askClock(connection)
    if (!connection.isProbing) this.#compare(connection)
    if (!connection.isProbing) this.#startTrials(connection)
    this.#diagnose(connection)
  }

  /** Only where the time decides: a healthy run asks nobody. */
  #askClock(connection: Connection): void {
    const ask = this.#options.clock ?? null
    if (ask === null || connection.answers !== null || !isClockNeeded(connection)) return
    this.#looks.begin(connection, ask(connection), (answers) => this.#heardTime(connection, answers))
  }

  #heardTime(connection: Connection, answers: ClockAnswers | null): void {
    connection.answers = answers
    this.#verify(connection)
    this.#diagnose(connection)
  }

  /** Look for others whose chains were issued by the same authority; the diagnosis is made anew when they are known. */
  #compare(connection: Connection): void {
    const { compare } = this.#options
    if (!isComparable(connection)) return
    this.#compareInRun(connection)
    if (compare === undefined) return
    this.#looks.begin(connection, compare(connection), (signs) => this.#compared(connection, signs))
  }

  #compared(connection: Connection, signs: ResigningSigns | null): void {
    if (signs !== null) connection.resigning = joinSigns(connection.resigning ?? NO_SIGNS, signs)
    this.#diagnose(connection)
  }

  #compareInRun(connection: Connection): void {
    if (!isComparable(connection)) return
    const signs = compareInRun(connection, this.connections())
    if (signs !== null) connection.resigning = joinSigns(connection.resigning ?? NO_SIGNS, signs)
  }

  /** One look is one row, however many connections share its result. */
  #writeProbe(connection: Connection): void {
    const { probe, start } = connection
    if (probe === null) return
    const name = `${start.host}:${start.port} ${probe.startedAt.getTime()} ${probe.durationMs}`
    if (this.#writtenProbes.has(name)) return
    this.#writtenProbes.add(name)
    const draft = draftProbe(connection, this.#options.go(connection).version)
    if (draft !== null) this.#options.store.put(draft)
  }

  #verify(connection: Connection): void {
    // Once go's version is known, which the setting's meaning may depend on.
    connection.proxySetting = this.#options.proxySetting?.(connection) ?? null
    const roots = this.#options.roots(connection)
    if (roots === null) return
    const go = this.#options.go(connection)
    connection.roots = roots.facts
    const input = {
      roots,
      goVersion: go.version,
      godebug: go.godebug,
      timeZoneOffsetMinutes: this.#options.timeZoneOffsetMinutes(connection.start.startedAt),
      knownIntermediates: this.#options.knownIntermediates,
    }
    connection.judged = judgeChain(connection, input)
    connection.clock = isClockNeeded(connection) ? judgeClock(connection, input) : null
  }

  #diagnose(connection: Connection): void {
    connection.trials = this.#options.trials?.trialsOf(connection) ?? []
    connection.findings = this.findingsOf(connection)
    this.#write(connection)
    this.#options.onJudged?.(connection)
  }

  /** The diagnoses of one connection, most important first. */
  findingsOf(connection: Connection): readonly DiagnosisDraft[] {
    const seen = this.#observe(connection)
    const draft = toDraft(diagnose(seen), seen)
    return draft === undefined ? [] : [draft]
  }

  #observe(connection: Connection): Observation {
    const elsewhere = lookElsewhere(connection, this.connections())
    const seen = observe(connection, this.#options.go(connection), this.#visitedAfter(connection), elsewhere)
    const alike = sameAnswerFor(connection, this.connections())
    return { ...seen, ...(alike.length === 0 ? {} : { sameAnswerFor: alike }), ...this.#options.machineFacts?.(connection) }
  }

  /** Hosts of the same run after this connection; asked only where go said something of it. */
  #visitedAfter(connection: Connection): readonly string[] | undefined {
    if (connection.witness === null) return undefined
    const later = this.connections().filter(
      ({ runId, start }) => runId === connection.runId && start.startedAt >= connection.start.startedAt,
    )
    return [...new Set(later.map(({ start }) => start.host))].filter((host) => host !== connection.start.host)
  }

  #write(connection: Connection): void {
    const { version } = this.#options.go(connection)
    this.#options.store.put(draftHandshake(connection, version))
    const clientLeg = draftClientLeg(connection, version)
    if (clientLeg !== null) this.#options.store.put(clientLeg)
  }
}

/** The same server's Finished towards a probe is wrong too: the alert was no close_notify. */
function hasBadFinished(probe: ProbeResult | null): boolean {
  const finished = probe === null ? 'not seen' : checkFinishedProof(probe.transcript, probe.flight)
  return finished === 'does not fit' || finished === 'damaged'
}

/** Events after which the row looks different. */
function shows(event: ProxyEvent): boolean {
  if (event.type === 'client-leg') return false
  if (event.type !== 'handshake') return true
  return event.event.type === 'client-hello' || event.event.type === 'server-hello' || event.event.type === 'stage-passed'
}

/** Events after which a request that was not served may count as served elsewhere, or it may count that this cannot be seen. */
function serves({ type }: ProxyEvent): boolean {
  return type === 'exchange' || type === 'intercepted' || type === 'closed'
}

/** The client is there for certain: it has got its tunnel, or has just said its hello. */
function isChanceToFindClient(event: ProxyEvent): boolean {
  return event.type === 'tunnel' || (event.type === 'handshake' && event.event.type === 'client-hello')
}
