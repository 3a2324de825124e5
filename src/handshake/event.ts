/** What the observer says as octets come in. One event per handshake message or turning point; `run --trace` prints one line each. */
import type { ClientHello, ServerHello } from '../contract/handshake.ts'
import type { Direction, Stage } from '../contract/terms.ts'
import type { CertificateRequestSeen, NotTlsAnswer, SeenAlert, SeenMessage } from './transcript.ts'

export type HandshakeEvent =
  | { readonly type: 'client-hello'; readonly atMs: number; readonly hello: ClientHello }
  | { readonly type: 'server-hello'; readonly atMs: number; readonly hello: ServerHello }
  | { readonly type: 'certificate'; readonly atMs: number; readonly from: 'client' | 'server'; readonly chain: readonly Uint8Array[] }
  | { readonly type: 'certificate-request'; readonly atMs: number; readonly request: CertificateRequestSeen }
  | { readonly type: 'ocsp-staple'; readonly atMs: number; readonly lengthBytes: number }
  | { readonly type: 'message'; readonly atMs: number; readonly message: SeenMessage }
  | { readonly type: 'alert'; readonly atMs: number; readonly alert: SeenAlert }
  | { readonly type: 'encrypted-from-here'; readonly atMs: number; readonly dir: Direction }
  | { readonly type: 'client-finished'; readonly atMs: number; readonly how: 'inferred' | 'decrypted' }
  | { readonly type: 'stage-passed'; readonly atMs: number; readonly stage: Stage }
  | { readonly type: 'not-tls'; readonly atMs: number; readonly dir: Direction; readonly answer: NotTlsAnswer }
  | { readonly type: 'unreadable'; readonly atMs: number; readonly dir: Direction; readonly offset: number; readonly why: string }
  | { readonly type: 'complete'; readonly atMs: number }
