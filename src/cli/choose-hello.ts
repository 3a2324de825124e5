/** Whose ClientHello `probe --bisect` changes: the user's own go's where it can be had. */
import { findSentHello, type SentHello } from '../handshake/hello-change.ts'
import { MEASURED_GO, measuredHello } from '../handshake/measured-hello.ts'
import type { Store } from '../store/store.ts'
import { captureHello } from './capture-hello.ts'
import { serverNameOf } from './prober.ts'
import type { Target } from './target-argument.ts'

/** A hello, and where it comes from in words. */
export interface ChosenHello {
  readonly hello: SentHello
  readonly source: string
}

/** The newest that is stored for this host, else one of the go in PATH, else the measured one. */
export async function chooseHello(target: Target, store: Store, goVersion: string, signal: AbortSignal): Promise<ChosenHello> {
  const stored = findStored(target, store)
  if (stored !== null) return stored
  const captured = await captureHello(target.host, target.port, process.env, signal)
  if (captured !== null) return { hello: captured, source: `go ${goVersion} said it just now, to whytls alone` }
  return { hello: measuredHello(serverNameOf(target.host)), source: `as measured from go ${MEASURED_GO}, since no go said one here` }
}

const MOST_ROWS = 200

function findStored({ host, port }: Target, store: Store): ChosenHello | null {
  const rows = store
    .rows({ limit: MOST_ROWS })
    .filter((row) => row.mode === 'observe' && row.host.toLowerCase() === host.toLowerCase() && row.port === port)
  for (const { id } of rows) {
    const handshake = store.handshake(id)
    const isGos = handshake?.clientHello?.looksLike?.startsWith('go ') === true && handshake.imported === undefined
    const hello = isGos ? findSentHello({ messages: store.messages(id), records: handshake.records }) : null
    if (hello !== null) return { hello, source: `go's own of #${id}` }
  }
  return null
}
