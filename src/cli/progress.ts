/** One line about probes that still run after the command has ended: rewritten in place on a terminal, every 10 s in CI, else nothing. */
import type { HandshakeEvent } from '../handshake/event.ts'
import { escapeText } from '../report/escape.ts'
import { widthOf } from './style.ts'

export interface ProgressOptions {
  readonly stderr: Pick<NodeJS.WriteStream, 'write' | 'isTTY' | 'columns'>
  readonly env: NodeJS.ProcessEnv
  /** Hosts whose probe has not ended, oldest first; each once. */
  readonly pending: () => readonly string[]
  /** Monotonic milliseconds. */
  readonly nowMs: () => number
}

/** Nothing is said of probes that end sooner. */
const PATIENCE_MS = 1_000
const REWRITE_MS = 100
const CI_MS = 10_000
/** A probe gives up after this time, as go does. */
const LIMIT_S = 10

/** What the server says to a ClientHello. */
const ANSWERS: ReadonlySet<HandshakeEvent['type']> = new Set(['server-hello', 'alert', 'not-tls', 'unreadable'])

const ERASE = '\r\u001b[2K'

/** Says what is awaited; `hear` may be called from the start, lines come only between `begin` and `end`. */
export class ProbeProgress {
  readonly #options: ProgressOptions
  /** When the probe of a host has sent its ClientHello, until an answer comes. */
  readonly #helloAtMs = new Map<string, number>()
  #timer: NodeJS.Timeout | undefined
  #beganAtMs = 0
  #isShown = false

  constructor(options: ProgressOptions) {
    this.#options = options
  }

  /** What a probe of this host saw. */
  hear(event: HandshakeEvent, host: string): void {
    if (event.type === 'client-hello') this.#helloAtMs.set(host, this.#options.nowMs())
    if (ANSWERS.has(event.type)) this.#helloAtMs.delete(host)
  }

  /** The command has ended. */
  begin(): void {
    const { stderr, env, nowMs } = this.#options
    this.#beganAtMs = nowMs()
    const isCi = (env['CI'] ?? '') !== ''
    if (isCi) this.#timer = setInterval(() => this.#say((line) => `whytls: ${line}\n`), CI_MS)
    else if (stderr.isTTY === true) this.#timer = setInterval(() => this.#rewrite(), REWRITE_MS)
  }

  /** No probe runs any more; the line is erased. */
  end(): void {
    clearInterval(this.#timer)
    if (this.#isShown) this.#options.stderr.write(ERASE)
    this.#isShown = false
  }

  #rewrite(): void {
    if (this.#options.nowMs() - this.#beganAtMs < PATIENCE_MS) return
    this.#isShown = true
    // A line that wraps could not be erased.
    const width = widthOf(this.#options.stderr) - 1
    this.#say((line) => `${ERASE}${line.slice(0, width)}`)
  }

  #say(form: (line: string) => string): void {
    const [first, ...others] = this.#options.pending()
    if (first === undefined) return
    const more = others.length === 0 ? '' : ` (and ${others.length} more)`
    this.#options.stderr.write(form(`${escapeText(this.#words(first))}${more}`))
  }

  #words(host: string): string {
    const nowMs = this.#options.nowMs()
    const helloAtMs = this.#helloAtMs.get(host)
    if (helloAtMs !== undefined) return `waiting for ServerHello from ${host}, ${seconds(nowMs - helloAtMs)} s of ${LIMIT_S} s`
    return `probing ${host}, ${seconds(nowMs - this.#beganAtMs)} s`
  }
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1)
}
