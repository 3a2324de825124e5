import type { Connection } from './connection.ts'

/** Looks at servers that are under way: probes, trials, questions for the time, comparisons. */
export class PendingLooks {
  readonly #running = new Set<Promise<void>>()
  /** How many look for one connection: a probe and a question for the time may be under way beside each other. */
  readonly #lookingFor = new Map<Connection, number>()

  /** How many still run. */
  get size(): number {
    return this.#running.size
  }

  /** Resolves when none is pending any more, also none that another one began. */
  async settle(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }

  /**
   * Mark the connection as being looked at until `look` and all others for it are over.
   * @param end is told the result; null where the look could not be made: that tells nothing, and must not take the run with it
   */
  begin<T>(connection: Connection, look: Promise<T>, end: (result: T | null) => void): void {
    this.#count(connection, 1)
    const finish = (result: T | null) => {
      this.#count(connection, -1)
      end(result)
    }
    const task = look.then(finish, () => finish(null))
    this.#running.add(task)
    void task.finally(() => this.#running.delete(task))
  }

  #count(connection: Connection, change: 1 | -1): void {
    const count = (this.#lookingFor.get(connection) ?? 0) + change
    connection.isProbing = count > 0
    if (count > 0) this.#lookingFor.set(connection, count)
    else this.#lookingFor.delete(connection)
  }
}
