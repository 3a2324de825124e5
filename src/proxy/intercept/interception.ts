/** Intercept mode of one running proxy: its options, and what it has learned. */
import { joinHostPort } from '../ip-address.ts'
import type { Target } from '../target.ts'
import { createDecisionMemory, type DecisionMemory } from './decision.ts'
import type { HttpLayer } from './http-layer.ts'
import { makeHttp2Layer } from './http2-layer.ts'
import type { InterceptOptions } from './options.ts'

export interface Interception extends InterceptOptions {
  readonly decisions: DecisionMemory
  /** A connection to this host was decrypted before: go's hello need not be replayed. */
  isDecrypting(target: Target): boolean
  noteDecrypting(target: Target): void
  layerFor(protocol: 'h2' | 'http/1.1'): HttpLayer
}

/** Start intercept mode; http-mitm-proxy is loaded only now. */
export async function startInterception(options: InterceptOptions): Promise<Interception> {
  const { makeHttp1Layer } = await import('./http1-layer.ts')
  const http1 = makeHttp1Layer({ keepsAllBodies: options.keepsAllBodies === true })
  const http2 = makeHttp2Layer({ keepsAllBodies: options.keepsAllBodies === true })
  const decrypting = new Set<string>()
  const nameOf = ({ host, port }: Target) => joinHostPort(host.toLowerCase(), port)
  return {
    ...options,
    decisions: createDecisionMemory(),
    isDecrypting: (target) => decrypting.has(nameOf(target)),
    noteDecrypting: (target) => void decrypting.add(nameOf(target)),
    layerFor: (protocol) => (protocol === 'h2' ? http2 : http1),
  }
}
