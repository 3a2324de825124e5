/** Tells listeners that rows changed: after own writes, and by polling after writes of other processes. */
import type { Database } from './driver.ts'

/** Polls only while somebody listens. */
export class ChangeWatch {
  readonly #database: Database
  readonly #pollMs: number
  readonly #listeners = new Set<() => void>()
  #timer: NodeJS.Timeout | undefined
  #version = 0

  constructor(database: Database, pollMs: number) {
    this.#database = database
    this.#pollMs = pollMs
  }

  /** Returns how to stop listening. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener)
    if (this.#timer === undefined) this.#start()
    return () => {
      this.#listeners.delete(listener)
      if (this.#listeners.size === 0) this.stop()
    }
  }

  tell(): void {
    for (const listener of [...this.#listeners]) listener()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #start(): void {
    this.#version = this.#readVersion()
    this.#timer = setInterval(() => {
      const version = this.#readVersion()
      if (version === this.#version) return
      this.#version = version
      this.tell()
    }, this.#pollMs)
    this.#timer.unref()
  }

  /** Changes when another connection commits. A refusal now (a locked file) is no change; the next poll sees it. */
  #readVersion(): number {
    try {
      return Number(this.#database.pragma('data_version', { simple: true }))
    } catch {
      return this.#version
    }
  }
}
