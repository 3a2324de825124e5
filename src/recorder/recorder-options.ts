/** What a recorder is given: where it writes, what it knows of the client, and how it looks at servers. */
import type { HelloTrial, Observation, ProbeResult, ProxySetting, ResigningSigns } from '../diagnosis/observation.ts'
import type { ConnectionStart, ProxyEvent } from '../proxy/event.ts'
import type { Store } from '../store/store.ts'
import type { ClockAnswers } from './clock.ts'
import type { Connection } from './connection.ts'
import type { GoDescription } from './draft.ts'
import type { JudgeInput, LoadedRoots } from './judge.ts'

/** Tells failures apart by changed copies of go's own ClientHello. */
export interface HelloTrials {
  /** A connection was judged: a try of go's own. */
  note(connection: Connection): void
  /** Try changed copies of its hello; null: nothing can be learned so. */
  begin(connection: Connection): Promise<void> | null
  /** What is known by now of hellos like this one; [] where none was tried. */
  trialsOf(connection: Connection): readonly HelloTrial[]
}

export interface RecorderOptions {
  readonly store: Store
  readonly runIdOf: (start: ConnectionStart) => number | null
  /** The go behind this connection, as far as it is known by now. */
  readonly go: (connection: Connection) => GoDescription
  /** The roots of the client of this connection. */
  readonly roots: (connection: Connection) => LoadedRoots | null
  readonly knownIntermediates: JudgeInput['knownIntermediates']
  readonly timeZoneOffsetMinutes: (at: Date) => number
  /** How the environment names a parent proxy; absent where no variable does. */
  readonly proxySetting?: (connection: Connection) => ProxySetting | null
  /** What this machine's own files say of a failed connection; absent: nobody looks. */
  readonly machineFacts?: (connection: Connection) => Pick<Observation, 'hostsEntry' | 'gitSettings'>
  /** null: probes are switched off. */
  readonly probe: ((connection: Connection) => Promise<ProbeResult | null>) | null
  /** Asks others for the time, once a certificate is outside its validity; absent or null: nobody is asked. */
  readonly clock?: ((connection: Connection) => Promise<ClockAnswers>) | null
  /** Compares a refused chain with those of other hosts and of earlier connections; absent: only within this process. */
  readonly compare?: (connection: Connection) => Promise<ResigningSigns | null>
  /** Changed copies of go's hello; absent or null: none is sent. */
  readonly trials?: HelloTrials | null
  /** Finds the process behind a client socket; null where that is not needed. */
  readonly findClient: ((connection: Connection) => void) | null
  /** Every event, after the recorder took it in. */
  readonly onEvent?: (event: ProxyEvent, connection: Connection) => void
  /** A connection was judged, or judged anew. */
  readonly onJudged?: (connection: Connection) => void
}
