/** Messages between the page and the server, shared by both (viewer design, section 7). JSON, one object a frame, subprotocol `whytls.v1`. Types only. */
import type { Diagnosis } from '../contract/diagnosis.ts'
import type { Run, Tool } from '../contract/document.ts'
import type { Alert, Handshake, Verified } from '../contract/handshake.ts'
import type { Field } from '../handshake/fields.ts'
import type { SeenMessage } from '../handshake/transcript.ts'
import type { HandshakeRow } from '../store/store.ts'

export const SUBPROTOCOL = 'whytls.v1'

/** Page to server. At most 4 KiB and 20 a second. */
export type ClientMessage =
  /** First message; `epoch` and `seq` when the page holds state from before. */
  | { readonly t: 'hello'; readonly epoch?: string; readonly seq?: number; readonly q?: string }
  /** Another filter. */
  | { readonly t: 'q'; readonly q: string }
  | { readonly t: 'ack'; readonly seq: number }

/** Server to page. */
export type ServerMessage =
  /** `resume`: deltas after the page's `seq` follow; else the page drops its state and a snapshot follows. */
  | { readonly t: 'welcome'; readonly epoch: string; readonly seq: number; readonly resume: boolean; readonly total: number }
  /** Newest first, at most 500 rows a part; of runs all but what they printed. */
  | {
      readonly t: 'snap'
      readonly part: number
      readonly of: number
      readonly seq: number
      readonly rows: readonly HandshakeRow[]
      readonly runs: readonly Run[]
    }
  /** Changes since `from` up to `to`: new and updated rows alike, by id. */
  | { readonly t: 'd'; readonly from: number; readonly to: number; readonly rows: readonly HandshakeRow[]; readonly runs: readonly Run[] }
  /** The server skipped frames for this page: ask again with hello. */
  | { readonly t: 'gap'; readonly to: number }
  /** Every 15 s: a page that hears nothing for 45 s connects anew. A browser does not show its page the pings of a websocket. */
  | { readonly t: 'alive' }
  | { readonly t: 'error'; readonly code: string; readonly detail: string }
  | { readonly t: 'bye'; readonly reason: string }

/** `GET /api/v1/meta` */
export interface Meta {
  readonly schema: 'whytls/1'
  readonly tool: Tool
  readonly mode: 'observe' | 'intercept'
  /** The page may start looks at hosts that go went to. Absent: it may not. */
  readonly canProbe?: boolean
  readonly proxyUrl: string
  /** The parent proxy without user information, null when direct. */
  readonly parent: string | null
  readonly epoch: string
  readonly seq: number
  readonly counts: { readonly handshakes: number; readonly failed: number; readonly runs: number; readonly sizeBytes: number }
  readonly setup: Setup
}

/** What the set-up screen shows. */
export interface Setup {
  readonly goVersion: string | null
  readonly shells: readonly { readonly shell: string; readonly commands: readonly string[]; readonly undo: readonly string[] }[]
  readonly checks: readonly { readonly name: string; readonly ok: boolean | null; readonly text: string }[]
}

/** `GET /api/v1/handshakes/:id` */
export interface HandshakeDetail {
  readonly handshake: Handshake
  readonly diagnosis: Diagnosis | null
  readonly run: Run | null
  /** Other attempts of the same run, host and cause (ids, oldest first), this one included. */
  readonly attempts: readonly number[]
}

/** `GET /api/v1/handshakes/:id/messages` */
export interface MessageList {
  readonly messages: readonly ListedMessage[]
  /** Those whose two octets are known. */
  readonly alerts: readonly ListedAlert[]
}

export interface ListedMessage extends Omit<SeenMessage, 'octets'> {
  /** base64 of the message with its 4-octet header; null when it was only inferred */
  readonly octets: string | null
  /** In wire order, without a hole. */
  readonly fields: readonly Field[]
}

export interface ListedAlert extends Pick<Alert, 'sender' | 'level' | 'name' | 'how'> {
  /** base64 */
  readonly octets: string
  readonly fields: readonly Field[]
}

/** Looks that the page can start: one handshake of our own, or changed copies of go's own ClientHello. */
export type ProbeKind = 'probe' | 'bisect'

/** `GET /api/v1/handshakes/:id/verdict?at=TIME` */
export interface LaterVerdict {
  readonly verified: Verified
  /** False: go had other roots than these, or it is not known which, so that its own answer may be another. */
  readonly agrees: boolean
}

/** What a page that was saved as one file holds instead of a server. */
export interface InlinedReport {
  /** Newest first. */
  readonly rows: readonly HandshakeRow[]
  readonly runs: readonly Run[]
  /** By path, what the API answered. */
  readonly answers: Readonly<Record<string, unknown>>
  /** Absent where the file holds all that it was asked for: how many that was, and how many of them are here in full. */
  readonly cut?: { readonly of: number; readonly inFull: number }
}

/** Errors of the API: `application/problem+json`. */
export interface Problem {
  readonly code: string
  readonly detail: string
  readonly hint: string
}
