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
}

export interface RootStore {
  readonly client: string
  readonly path: string
  readonly count: number
  readonly mtime: string | null
}
