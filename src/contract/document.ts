import type { Diagnosis, Warning } from './diagnosis.ts'
import type { Handshake } from './handshake.ts'

/** The document that every `--json` prints. Fields are only ever added. */
export interface Document {
  readonly schema: 'whytls/1'
  readonly tool: Tool
  /** null outside `run` */
  readonly run: Run | null
  readonly diagnoses: readonly Diagnosis[]
  readonly warnings: readonly Warning[]
  readonly handshakes: readonly Handshake[]
  readonly environment: Environment
}

export interface Tool {
  readonly version: string
  readonly node: string
  readonly platform: string
}

export interface Run {
  readonly id: number
  /** masked */
  readonly argv: readonly string[]
  readonly startedAt: string
  readonly durationMs: number | null
  readonly exitCode: number | null
  readonly signal: string | null
  readonly go: { readonly version: string; readonly env: Readonly<Record<string, string>> } | null
  /** Last 64 KiB, credentials masked. */
  readonly stderrTail: string
}

export interface Environment {
  readonly clock: { readonly offsetMs: number; readonly sources: number } | null
  readonly roots: readonly RootStore[]
  readonly findings: readonly string[]
  /** What `doctor` looked at, one by one; absent elsewhere. `findings` names those that are not fine. */
  readonly checks?: readonly Check[]
}

/** One fact of the machine, and whether it matters for TLS. */
export interface Check {
  /** "clock", "GOPROXY", "go roots" … */
  readonly subject: string
  /** `fine`, worth knowing, may harm, does harm, or could not be told. */
  readonly status: 'fine' | 'note' | 'warning' | 'problem' | 'unknown'
  /** `insecure-setting` and other codes of the taxonomy; null for most. */
  readonly code: string | null
  readonly text: string
  /** Where it is set ("~/.profile:12"), null where that is not known. */
  readonly place: string | null
  /** What to do, in words; null where nothing is to be done. */
  readonly advice: string | null
  readonly commands: readonly string[]
}

export interface RootStore {
  readonly client: string
  readonly path: string
  readonly count: number
  readonly mtime: string | null
}
