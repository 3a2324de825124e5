/** `whytls diff A B`: two handshakes beside each other. */
import { type CompareInput, compareHandshakes } from '../report/compare.ts'
import { describeComparison } from '../report/diff-text.ts'
import { jsonText } from '../report/json-text.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { openStoreOrExplain } from './open-store.ts'
import { Problem } from './problem.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface DiffOptions extends StyleChoice {
  readonly json?: boolean
  /** Equal fields too. */
  readonly all?: boolean
}

/** Compare the handshakes with these numbers. */
export async function diffCommand(a: number, b: number, options: DiffOptions): Promise<number> {
  const store = openStoreOrExplain(process.env)
  try {
    const comparison = compareHandshakes(findSide(store, a), findSide(store, b))
    const style = chooseStyle(process.stdout, process.env, options)
    process.stdout.write(
      options.json === true ? `${jsonText(comparison, 2)}\n` : describeComparison(comparison, options.all === true, style),
    )
    return EXIT.fine
  } finally {
    store.close()
  }
}

function findSide(store: Store, id: number): CompareInput {
  const handshake = store.handshake(id)
  if (handshake === undefined)
    throw new Problem('no-such-handshake', `there is no handshake ${id} in ${store.place}`, 'whytls ls', EXIT.usage)
  const diagnosis = handshake.diagnosis === null ? null : (store.diagnosis(handshake.diagnosis) ?? null)
  return { handshake, diagnosis, run: handshake.runId === null ? null : (store.run(handshake.runId) ?? null) }
}
