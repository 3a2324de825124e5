/** `whytls probe HOST --bisect`: go's ClientHello and changed copies of it, sent to one host; the table of what passes grows as they end. */
import type { HelloTrial, ProbeResult } from '../diagnosis/observation.ts'
import type { HelloChange } from '../handshake/hello-change.ts'
import { changeHello } from '../handshake/hello-change.ts'
import { startBisect } from '../proxy/bisect.ts'
import type { GoEnd } from '../proxy/bisect-plan.ts'
import type { TunnelRequest } from '../proxy/open-tunnel.ts'
import { type HelloAnswer, tryHello } from '../proxy/try-hello.ts'
import { describeTrials } from '../recorder/trials.ts'
import type { Style } from '../report/style.ts'
import { trialTable, tryLine } from '../report/trial-lines.ts'
import type { ChosenHello } from './choose-hello.ts'

/** What the tries told. */
export interface Bisected {
  readonly trials: readonly HelloTrial[]
  /** go's own hello and what it met, as if it were a probe; null where it was answered. */
  readonly refused: ProbeResult | null
}

/** go's own limit for a handshake. */
const LIMIT_MS = 10_000

/** Send go's own hello; where it is not answered, find the change that is. */
export async function bisectHost(where: TunnelRequest, chosen: ChosenHello, style: Style, say: (line: string) => void): Promise<Bisected> {
  const startedMs = performance.now()
  say(`\nbisect: which change of go's ClientHello is answered? (${chosen.source})`)
  const octets = changeHello(chosen.hello, 'unchanged') ?? new Uint8Array()
  const first = await tryHello({ ...where, octets, patienceMs: () => LIMIT_MS })
  if (first === null) return { trials: [], refused: null }
  const onTry = (change: HelloChange, answer: HelloAnswer) =>
    say(tryLine({ change, wireBytes: changeHello(chosen.hello, change)?.length ?? 0 }, answer.met, style))
  onTry('unchanged', first)
  const end = endOf(first)
  if (end === null) {
    const trials: HelloTrial[] = [{ change: 'unchanged', wireBytes: octets.length, tries: [first.met] }]
    say(first.met.met === 'server-hello' ? "  go's own ClientHello is answered: nothing to tell apart" : '  the host could not be reached')
    return { trials, refused: null }
  }
  const bisection = startBisect({ ...where, hello: chosen.hello, go: end, goTries: [first.met], onTry })
  await bisection.done
  const trials = bisection.trials()
  say(`\n${trialTable(describeTrials(trials), style, performance.now() - startedMs).join('\n')}`)
  const { startedAt, durationMs, transcript, ending } = first
  return { trials, refused: { startedAt, durationMs, transcript, ending, dialFailure: null, chain: null, sameAsGoSaw: true } }
}

function endOf({ met, transcript }: HelloAnswer): GoEnd | null {
  if (met.met === 'server-hello' || met.met === 'dial-failure') return null
  if (met.met === 'not-tls') return { how: 'not-tls' }
  if (met.met !== 'alert') return { how: 'died' }
  return { how: 'alert', code: transcript.alerts.find(({ sender }) => sender === 'server')?.code ?? null }
}
