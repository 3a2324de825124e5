/** The words of the JSON contract (taxonomy: legs, stages, faults). Types and closed lists only; every room may import them. */

/** Between whom a connection or a failure lies. `client`: go and whytls; `parent`: whytls and a parent proxy; `upstream`: whytls and the origin. */
export type Leg = 'client' | 'parent' | 'upstream'

/** Which way octets travel. */
export type Direction = 'client-to-server' | 'server-to-client'

/** The stages of one connection, in the order in which they happen. */
export const STAGES = [
  'dns',
  'tcp',
  'proxy-connect',
  'client-hello',
  'server-hello',
  'certificate',
  'key-exchange',
  'finished',
  'application-data',
] as const
/** One step on the way to the module; the failing stage is the first one that did not complete. */
export type Stage = (typeof STAGES)[number]

/** Whose side must act. */
export type Fault = 'client-machine' | 'client-config' | 'network' | 'middlebox' | 'parent-proxy' | 'upstream' | 'nobody'

/** How sure a diagnosis is. */
export type Confidence = 'certain' | 'high' | 'likely' | 'possible'

/** How one handshake ended, or `open` while it has not. */
export type Outcome = 'passed' | 'failed' | 'aborted' | 'open'

/** How whytls took part in a handshake. */
export type Mode = 'observe' | 'intercept' | 'probe'

/** Where a fact comes from. */
export type Source =
  | 'wire'
  | 'probe'
  | 'bisect'
  | 'decrypted'
  | 'inferred'
  | 'verifier'
  | 'store'
  | 'history'
  | 'environment'
  | 'stderr'
  | 'clock'

/** A protocol number beside its registered name (IANA), or `unknown` / `GREASE` in the name. */
export interface Named {
  readonly id: number
  readonly name: string
}
