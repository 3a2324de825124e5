/** `--keylog FILE`: the handshake secrets of probes as an NSS key log. */
import { appendFileSync, closeSync, fchmodSync, openSync } from 'node:fs'
import type { Flight } from '../handshake/flight.ts'
import { EXIT } from './exit-code.ts'
import { messageOf, Problem } from './problem.ts'

/** Adds the secrets of one probe; those that were written before are left out. */
export type WriteSecrets = (flight: Flight | undefined) => void

/**
 * Open a key log for appending; only its owner may read it. Secrets of application data are never in it.
 * @throws Problem (exit 2) when the file cannot be written
 */
export function openKeyLog(file: string): WriteSecrets {
  try {
    const opened = openSync(file, 'a', 0o600)
    fchmodSync(opened, 0o600)
    closeSync(opened)
  } catch (error) {
    throw new Problem('unwritable', `the key log cannot be written: ${messageOf(error)}`, 'name another file behind --keylog', EXIT.usage)
  }
  const written = new Set<string>()
  return (flight) => {
    const lines = (flight?.secrets ?? []).filter((line) => !written.has(line))
    for (const line of lines) written.add(line)
    if (lines.length > 0) appendFileSync(file, `${lines.join('\n')}\n`, { mode: 0o600 })
  }
}
