import type { Connection } from './connection.ts'

/** Looks at servers that are under way: probes, trials, questions for the time, comparisons. */
export class PendingLooks {
  readonly #running = new Set<Promise<void>>()

  /** How many still run. */
  get size(): number {
    return this.#running.size
  }

  /** Resolves when none is pending any more, also none that another one began. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /**
   * Mark the connection as being looked at until `look` is over.
   * @param end is told the result; null where the look could not be made: that tells nothing, and must not take the run with it
   */
  begin<T>(connection: Connection, look: Promise<T>, end: (result: T | null) => void): void {
    connection.isProbing = true
    const finish = (result: T | null) => {
      connection.isProbing = false
      end(result)
    }
    const task = look.then(finish, () => finish(null))
    this.#running.add(task)
    void task.finally(() => this.#running.delete(task))
  }
}
