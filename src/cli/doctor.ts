/** `whytls doctor`: the facts of this machine that bear on TLS, and whether the hosts that go names can be reached. */

import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Check, Document, Environment } from '../contract/document.ts'
import type { Handshake } from '../contract/handshake.ts'
import { describeTool } from '../contract/version.ts'
import { loadNtpState } from '../host/clock/load-ntp-state.ts'
import { goProgram, loadGoEnvironment } from '../host/go-env.ts'
import { check } from '../host/settings/check.ts'
import { checkClockOffline, type PastMoment } from '../host/settings/clock.ts'
import { doctorText } from '../report/doctor.ts'
import { makeDocument } from '../report/document.ts'
import { jsonText } from '../report/json-text.ts'
import type { Store } from '../store/store.ts'
import { lookAtNamedHosts } from './doctor-network.ts'
import { describeEnvironment, gatherLocalFacts, type LocalFacts } from './environment.ts'
import { EXIT } from './exit-code.ts'
import { describeGo } from './go-facts.ts'
import { openStoreOrMemory } from './open-store.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface DoctorOptions extends StyleChoice {
  readonly json?: boolean
  readonly offline?: boolean
  readonly strict?: boolean
  readonly resolve: readonly string[]
}

/** What was found on the network; nothing with --offline. */
export interface NetworkFacts {
  readonly checks: readonly Check[]
  readonly clock: Environment['clock']
  readonly diagnoses: readonly Diagnosis[]
  readonly handshakes: readonly Handshake[]
}

/** 0 fine, 1 a problem (with --strict a warning too), 3 could not tell. */
export async function doctorCommand(options: DoctorOptions): Promise<number> {
  const store = openStoreOrMemory(process.env)
  try {
    const now = new Date()
    const go = await loadGoEnvironment(goProgram([]), process.env, process.cwd())
    const described = describeGo(go, process.env)
    const local = gatherLocalFacts({ env: process.env, settings: go?.env ?? null, goVersion: described.version, now })
    const ntp = await loadNtpState()
    const clock = checkClockOffline(now, ntp, pastMoments(store, local))
    const network =
      options.offline === true
        ? NOTHING
        : await lookAtNamedHosts({ settings: go?.env ?? null, go: described, ntp, resolve: options.resolve, store })
    const checks = [
      ...(go === null ? [NO_GO] : []),
      ...mergeClock(clock, network.checks),
      ...local.checks,
      ...network.checks.filter(({ subject }) => subject !== 'clock'),
    ]
    const head = `whytls doctor, ${go === null ? 'no go' : `go ${described.version}`}, ${process.platform}/${process.arch}`
    process.stdout.write(
      options.json === true
        ? `${jsonText(documentOf(checks, local, network), 2)}\n`
        : doctorText(head, checks, chooseStyle(process.stdout, process.env, options)),
    )
    return exitCodeOf(checks, options)
  } finally {
    store.close()
  }
}

const NOTHING: NetworkFacts = { checks: [], clock: null, diagnoses: [], handshakes: [] }
const NO_GO = check('unknown', 'go', 'no go command was found, so its settings are not known', { advice: 'put go into PATH' })

/** What others say of the time wins over what the machine could say alone, unless that was a problem. */
function mergeClock(offline: readonly Check[], online: readonly Check[]): readonly Check[] {
  const told = online.filter(({ subject, status }) => subject === 'clock' && status !== 'unknown')
  return told.length === 0 ? offline : [...told, ...offline.filter(({ subject, status }) => subject !== 'clock' || status === 'problem')]
}

function exitCodeOf(checks: readonly Check[], { strict }: DoctorOptions): number {
  const has = (status: Check['status']) => checks.some((each) => each.status === status)
  if (has('problem') || (strict === true && has('warning'))) return EXIT.problem
  return has('unknown') ? EXIT.couldNotTell : EXIT.fine
}

function documentOf(checks: readonly Check[], local: LocalFacts, network: NetworkFacts): Document {
  const risky = checks.filter(({ code }) => code === 'insecure-setting')
  return makeDocument({
    tool: describeTool(process.version, process.platform, process.arch),
    run: null,
    diagnoses: network.diagnoses,
    warnings: risky.map(({ subject, text }) => ({ code: 'insecure-setting', host: null, text: `${subject}: ${text}` })),
    handshakes: network.handshakes,
    environment: { ...describeEnvironment({ ...local, checks }, network.clock), checks },
  })
}

/** Handshakes and certificates that were seen here, and root stores that were written: the true time lies behind them all. */
function pastMoments(store: Store, { clients }: LocalFacts): readonly PastMoment[] {
  const rows = store.rows({ limit: 40 }).filter(({ imported }) => imported === undefined)
  const seen = rows.map(({ startedAt }) => ({ at: new Date(startedAt), what: 'a handshake in the database' }))
  const leaves = rows
    .filter(({ outcome }) => outcome === 'passed')
    .flatMap(({ id }) => store.handshake(id)?.certificates?.chain[0]?.notBefore ?? [])
    .map((notBefore) => ({ at: new Date(notBefore), what: 'the beginning of a certificate that passed' }))
  const stores = clients.flatMap(({ places }) =>
    places.flatMap(({ mtime, path }) => (mtime === null ? [] : [{ at: new Date(mtime), what: `the root store ${path}` }])),
  )
  return [...seen, ...leaves, ...stores]
}
