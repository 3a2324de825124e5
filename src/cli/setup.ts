/** What the set-up screen and the banner tell: how to point a shell at the proxy, and what is in order. Pure. */
import { type Shell as ShellKind, setVariable, unsetVariable } from '../diagnosis/remedy.ts'
import type { Meta, Setup } from '../feed/protocol.ts'
import type { GoEnvironment } from '../host/go-env.ts'
import { localShell } from './local-system.ts'

export interface SetupFacts {
  readonly proxyUrl: string
  readonly env: NodeJS.ProcessEnv
  readonly go: GoEnvironment | null
  /** Variables by which a client trusts the authority of intercept mode. */
  readonly trust?: Readonly<Record<string, string>>
  /** What else was looked at on this machine; absent where nobody looked. */
  readonly machine?: Setup['checks']
}

type Shell = Setup['shells'][number]

/** Shells with their commands, and checks. */
export function describeSetup(facts: SetupFacts): Meta['setup'] {
  const own = shells(facts.proxyUrl).map((shell, at) => trustToo(shell, SHELLS[at] ?? 'bash', facts.trust ?? {}))
  return { goVersion: facts.go?.version ?? null, shells: [...own, ...elsewhere(facts.proxyUrl)], checks: checks(facts) }
}

/** The order of `shells`. */
const SHELLS = ['bash', 'fish', 'powershell', 'cmd'] as const

/** Set the variables beside HTTPS_PROXY. */
function trustToo({ shell, commands, undo }: Shell, kind: ShellKind, trust: Readonly<Record<string, string>>): Shell {
  const all = Object.entries(trust)
  return {
    shell,
    commands: [...commands, ...all.map(([name, value]) => setVariable(name, value, kind))],
    undo: [...undo, ...all.map(([name]) => unsetVariable(name, kind))],
  }
}

/** The line for one shell and how to take it back. */
export function shells(proxyUrl: string): readonly [bash: Shell, fish: Shell, powershell: Shell, cmd: Shell] {
  return [
    { shell: 'bash, zsh', commands: [`export HTTPS_PROXY=${proxyUrl}`], undo: ['unset HTTPS_PROXY'] },
    { shell: 'fish', commands: [`set -gx HTTPS_PROXY ${proxyUrl}`], undo: ['set -e HTTPS_PROXY'] },
    { shell: 'PowerShell', commands: [`$env:HTTPS_PROXY = "${proxyUrl}"`], undo: ['Remove-Item Env:HTTPS_PROXY'] },
    { shell: 'cmd.exe', commands: [`set HTTPS_PROXY=${proxyUrl}`], undo: ['set HTTPS_PROXY='] },
  ]
}

/**
 * Where no person types. A container on this machine shares its network, so that it reaches a proxy that listens on loopback;
 * a job of a CI wraps its command, because nothing listens there.
 */
function elsewhere(proxyUrl: string): readonly Shell[] {
  return [
    {
      shell: 'Docker',
      commands: [
        '# on Linux: the container shares the network of this machine',
        `docker run --rm --network host -e HTTPS_PROXY=${proxyUrl} -v "$PWD":/src -w /src golang go mod download`,
      ],
      undo: [],
    },
    {
      shell: 'GitHub Actions',
      commands: ['# a step of a job; the report goes into the summary of the job', '- run: whytls run --summary -- go mod download'],
      undo: [],
    },
    {
      shell: 'GitLab CI',
      commands: [
        '# the report is kept as an artifact when the job fails',
        'script:',
        '  - whytls run -- go mod download || { whytls report --html -o whytls.html; exit 1; }',
        'artifacts:',
        '  when: on_failure',
        '  paths: [whytls.html]',
      ],
      undo: [],
    },
  ]
}

/** The shell that $SHELL names; PowerShell on Windows. */
export function ownShell(env: NodeJS.ProcessEnv, platform: string, proxyUrl: string): Shell {
  const [bash, fish, powershell, cmd] = shells(proxyUrl)
  return { bash, fish, powershell, cmd }[localShell(env, platform)]
}

function checks(facts: SetupFacts): Setup['checks'] {
  const goproxy = facts.go?.env['GOPROXY'] ?? ''
  return [
    { name: 'proxy', ok: true, text: `listening on ${facts.proxyUrl.replace(/^https?:\/\/([^@/]*@)?/, '')}` },
    facts.go === null
      ? { name: 'go', ok: false, text: 'no go command found in PATH' }
      : { name: 'go', ok: true, text: `${facts.go.version.replace(/^go/, '')} in PATH` },
    ...(facts.machine ?? []),
    goproxyCheck(goproxy),
    noProxyCheck(facts.env),
  ]
}

function goproxyCheck(goproxy: string): Setup['checks'][number] {
  const first = goproxy.split(/[,|]/)[0]?.trim() ?? ''
  if (first === 'off') return { name: 'GOPROXY', ok: false, text: 'GOPROXY=off: go downloads nothing' }
  if (/^https?:\/\/(localhost|127\.|\[::1\])/.test(first)) {
    return { name: 'GOPROXY', ok: false, text: 'go never sends localhost and 127.x through a proxy' }
  }
  return {
    name: 'GOPROXY',
    ok: true,
    text: first === 'direct' ? 'go fetches from each host directly (git makes connections of its own)' : `${goproxy} goes through whytls`,
  }
}

function noProxyCheck(env: NodeJS.ProcessEnv): Setup['checks'][number] {
  const value = env['NO_PROXY'] || env['no_proxy'] || ''
  if (value === '') return { name: 'NO_PROXY', ok: true, text: 'unset' }
  return {
    name: 'NO_PROXY',
    ok: null,
    text: `NO_PROXY=${value} goes past whytls (whytls run looks at those hosts all the same)`,
  }
}
