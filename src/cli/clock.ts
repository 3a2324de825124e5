/** Who is asked for the time when a certificate is outside its validity, and by which route. */

import { loadNtpState } from '../host/clock/load-ntp-state.ts'
import type { NtpState } from '../host/clock/ntp-state.ts'
import { listNamedHosts } from '../host/go-hosts.ts'
import { askDate, type ToldTime } from '../proxy/ask-date.ts'
import type { RunningProxy } from '../proxy/start-proxy.ts'
import type { ClockAnswers } from '../recorder/clock.ts'
import { serverNameOf } from './prober.ts'

/** A host that may be asked. */
export interface ClockTarget {
  readonly host: string
  readonly port: number
}

export interface ClockOptions {
  /** Route and resolver: a host is asked by the way that go takes. */
  readonly proxy: () => Pick<RunningProxy, 'routeTo' | 'resolve'>
  readonly signal: AbortSignal
  /** Replaces the look at this machine's time service; for tests. */
  readonly ntp?: () => Promise<NtpState | null>
}

/** Asks the failing host, and of the others the first few. */
export type AskClock = (failing: ClockTarget, others: readonly ClockTarget[]) => Promise<ClockAnswers>

/** Besides the failing host. */
const MOST_HOSTS = 4
/** Answers are shared by all that ask within this time. */
const SHARED_MS = 20_000

/** Make the function that asks; each host is asked once in 20 s, however many connections failed. */
export function makeClockAsker(options: ClockOptions): AskClock {
  const told = remember((target: ClockTarget) => askOne(target, options))
  const ntp = remember((_: ClockTarget) => (options.ntp ?? loadNtpState)())
  return async (failing, others) => {
    const asked = [failing, ...others.filter((other) => !isSame(other, failing)).slice(0, MOST_HOSTS)]
    const [state, ...answers] = await Promise.all([ntp(NTP), ...asked.map(told)])
    return { ntp: state, told: answers.filter((answer) => answer !== null) }
  }
}

/** Hosts that go env names, as they may be asked for the time. */
export function clockTargets(settings: Readonly<Record<string, string | undefined>> | null): readonly ClockTarget[] {
  return settings === null ? [] : listNamedHosts(settings)
}

const NTP: ClockTarget = { host: '', port: 0 }

function isSame(one: ClockTarget, other: ClockTarget): boolean {
  return one.host.toLowerCase() === other.host.toLowerCase() && one.port === other.port
}

async function askOne({ host, port }: ClockTarget, { proxy, signal }: ClockOptions): Promise<ToldTime | null> {
  const { routeTo, resolve } = proxy()
  return askDate({ host, port, route: await routeTo(host, port), resolve, serverName: serverNameOf(host), signal })
}

function remember<T>(ask: (target: ClockTarget) => Promise<T>): (target: ClockTarget) => Promise<T> {
  const known = new Map<string, { readonly answer: Promise<T>; readonly atMs: number }>()
  return (target) => {
    const key = `${target.host.toLowerCase()}:${target.port}`
    const found = known.get(key)
    if (found !== undefined && performance.now() - found.atMs < SHARED_MS) return found.answer
    const answer = ask(target)
    known.set(key, { answer, atMs: performance.now() })
    return answer
  }
}
