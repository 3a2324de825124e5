/** A process that writes handshakes until it is killed or done. Arguments: folder, prefix, count (0 = for ever). Prints the number written after each flush. */
import { openStore } from '../../src/store/open.ts'
import { plainDraft } from './draft.ts'

const [folder = '', prefix = 'k', count = '0'] = process.argv.slice(2)
const store = openStore({ folder })
let written = 0

/** A few drafts a turn, so that timers run between. */
function writeSome(): void {
  for (let i = 0; i < 20; i++)
    store.put(plainDraft(`${prefix}${written++}`, { target: { host: `${prefix}.example`, port: 443, address: null } }))
  if (Number(count) > 0 && written >= Number(count)) {
    store.close()
    return
  }
  process.stdout.write(`${store.seq()}\n`)
  setImmediate(writeSome)
}

writeSome()
