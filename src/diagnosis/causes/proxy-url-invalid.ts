import type { Confidence } from '../../contract/terms.ts'
import { shown } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { dialEvidence } from '../dial-cause.ts'
import { fix, NO_HELP_FOR_PROXIES } from '../fixes.ts'
import type { DialFailure, Observation, ProxySetting } from '../observation.ts'
import { placeFixes, settingText } from '../where-set.ts'

interface Evidence {
  readonly setting: ProxySetting
  readonly dialFailure: DialFailure | null
  readonly mistake: Mistake
}

type Mistake = 'ignored' | 'scheme-as-name' | 'port' | 'unknown-scheme'

/** go cannot make the proxy's address of the value of HTTPS_PROXY: it goes direct in silence, or asks for a host that nobody meant. */
export const proxyUrlInvalid = defineCause({
  id: 'proxy-url-invalid',
  meaning:
    "The value of HTTPS_PROXY cannot be parsed (go ignores it silently and goes direct, or takes its scheme for the proxy's name: `lookup http: no such host`)",
  fault: 'client-config',
  detect(seen) {
    const setting = seen.proxySetting
    const mistake = setting === undefined || seen.outcome !== 'failed' ? undefined : findMistake(setting, seen)
    if (setting === undefined || mistake === undefined) return undefined
    const evidence: Evidence = { setting, dialFailure: seen.dialFailure, mistake }
    return { evidence, leg: 'parent', stage: 'proxy-connect', confidence: CONFIDENCE[mistake] }
  },
  goText: ({ dialFailure }: Evidence) =>
    dialFailure === null ? undefined : dialFailure.leg === 'parent' ? `proxyconnect tcp: ${dialFailure.goText}` : dialFailure.goText,
  explain: ({ setting, dialFailure, mistake }: Evidence, seen) => ({
    title: `${setting.variable} cannot be read as it was meant: ${TITLES[mistake]}`,
    why: `${WHY[mistake](seen)} ${RULES}`,
    evidence: [
      { text: settingText(setting), source: 'environment', ref: null },
      ...(dialFailure === null ? [] : dialEvidence(dialFailure)),
    ],
    fixes: [
      fix({
        title: 'look where the value comes from, then write it anew',
        shell: 'bash',
        commands: ['env | grep -i _proxy', "export HTTPS_PROXY='http://USER:PASSWORD@PROXY:PORT'"],
        undo: ['unset HTTPS_PROXY'],
        checkedHow: "needs the proxy's right address; USER: and PASSWORD@ only where the proxy wants a login",
      }),
      ...placeFixes(setting.setAt, (line) => `correct ${line}, which sets ${setting.variable}`),
    ],
    willNotHelp: NO_HELP_FOR_PROXIES,
  }),
})

function findMistake(setting: ProxySetting, seen: Observation): Mistake | undefined {
  const { dialFailure, connect } = seen
  if (setting.reads === 'taken-for-a-name') return dialFailure?.leg === 'parent' ? 'scheme-as-name' : undefined
  if (setting.reads === 'ignored-unparsable') return isBlocked(seen) ? 'ignored' : undefined
  if (dialFailure?.leg === 'parent' && dialFailure.kind === 'invalid-port') return 'port'
  if (setting.reads !== 'unknown-scheme') return undefined
  const isRefused = connect !== null && connect.kind !== 'answered' && connect.kind !== 'socks'
  return isRefused ? 'unknown-scheme' : undefined
}

/** The direct way does not carry: no connection, or one that dies without a word whatever ClientHello is sent, as a firewall does that lets the proxy through alone. */
function isBlocked(seen: Observation): boolean {
  const { dialFailure, transcript, route } = seen
  if (dialFailure !== null) return dialFailure.leg === 'upstream'
  const isMute = transcript.serverHellos.length === 0 && transcript.alerts.length === 0 && transcript.notTls === null
  const isAnswered = (seen.trials ?? []).some(({ tries }) => tries.some(({ met }) => met === 'server-hello' || met === 'alert'))
  return route.length === 0 && isMute && transcript.bytes['server-to-client'] === 0 && !isAnswered
}

/** Without a proxy the direct way may also fail for reasons of its own. */
const CONFIDENCE: Readonly<Record<Mistake, Confidence>> = {
  ignored: 'likely',
  'scheme-as-name': 'certain',
  port: 'certain',
  'unknown-scheme': 'likely',
}

const TITLES: Readonly<Record<Mistake, string>> = {
  ignored: 'go ignores it and goes direct',
  'scheme-as-name': "go takes its scheme for the proxy's name",
  port: 'its port is out of range',
  'unknown-scheme': 'go does not know its scheme and speaks plain HTTP to it',
}

const WHY: Readonly<Record<Mistake, (seen: Observation) => string>> = {
  ignored: () =>
    'go says nothing about a value that it cannot parse: it connects directly, as if the variable were not set, and the direct way failed.',
  'scheme-as-name': (seen) =>
    `go could not parse the value, put http:// before it and tried again; what stands before the first colon then became the name of the proxy${seen.dialFailure === null ? '' : ` (it looked for "${shown(seen.dialFailure.host)}")`}.`,
  port: () => 'go finds this out only when it dials.',
  'unknown-scheme': () =>
    'go knows http://, https://, socks5:// and (since 1.23) socks5h://. To a proxy of any other scheme it speaks plain HTTP.',
}

const RULES =
  'A blank, a quote, and in the password the characters / # ? % must be %-encoded (a blank is %20, # is %23, / is %2F, ? is %3F, % is %25); @ and : may stand as they are. IPv6 addresses need brackets.'
