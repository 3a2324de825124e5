import type { Confidence, Fault, Leg, Source, Stage } from './terms.ts'

/** One cause on one host, with its evidence and what to do: the product's answer. */
export interface Diagnosis {
  readonly id: number
  /** A code of the taxonomy. */
  readonly cause: string
  readonly leg: Leg | null
  readonly stage: Stage | null
  readonly fault: Fault
  readonly confidence: Confidence
  readonly host: string
  readonly port: number
  readonly handshakes: readonly number[]
  readonly count: number
  readonly title: string
  readonly why: string
  readonly goText: { readonly text: string; readonly source: 'stderr' | 'predicted' } | null
  readonly evidence: readonly EvidenceLine[]
  readonly fixes: readonly Fix[]
  readonly willNotHelp: readonly { readonly setting: string; readonly because: string }[]
  readonly alsoPossible: readonly AlsoPossible[]
  /** Other defects that repairing the first would uncover, one sentence each. */
  readonly alsoTrue: readonly string[]
  readonly notChecked: readonly string[]
}

export interface EvidenceLine {
  readonly text: string
  readonly source: Source
  /** What it points at ("418/records/1"), null where nothing can be opened. */
  readonly ref: string | null
  /** The moment that this line tells, ISO 8601; absent where it tells none. */
  readonly moment?: string
}

export interface Fix {
  readonly title: string
  readonly who: 'you' | 'your-network' | 'server-owner'
  readonly scope: 'this-command' | 'this-shell' | 'this-user' | 'this-machine' | 'server'
  readonly os: 'linux' | 'macos' | 'windows' | 'any'
  /** The families of Linux whose commands these are; absent = all. */
  readonly families?: readonly LinuxFamily[]
  readonly shell: 'bash' | 'fish' | 'powershell' | 'cmd' | 'any'
  readonly commands: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly undo: readonly string[]
  readonly checked: boolean
  /** How it was checked, or why it was not. */
  readonly checkedHow: string
  readonly risk: string | null
}

/** Distributions that keep their list of roots in the same way. */
export type LinuxFamily = 'debian' | 'alpine' | 'fedora'

export interface AlsoPossible {
  readonly cause: string
  readonly confidence: Confidence
  /** The command that tells the two apart. */
  readonly test: string
}

/** A note that is no failure: expires-soon, intercepted, slow-handshake, insecure-setting, not-proxied, hidden-failure. */
export interface Warning {
  readonly code: string
  readonly host: string | null
  readonly text: string
}
