/** CPU time of a page's main thread, from /proc (Linux): unlike the clock it does not count what else the machine does. */
import { readFileSync } from 'node:fs'

/** Find the thread that draws a page. Returns how to read its CPU time so far, in milliseconds. */
export async function findMainThread(browser, page) {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const ids = processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  // A page that was closed may still be busy with its end: the one that works each time is ours.
  const won = []
  while (won.length < WINS || new Set(won.slice(-WINS)).size > 1) won.push(await findBusiest(ids, page))
  const id = won.at(-1)
  return () => readThreadMs(id)
}

const WINS = 3

async function findBusiest(ids, page) {
  const before = ids.map(readThreadMs)
  await page.evaluate(() => {
    const until = performance.now() + 100
    while (performance.now() < until);
  })
  const grown = ids.map((id, at) => readThreadMs(id) - before[at])
  return ids[grown.indexOf(Math.max(...grown))]
}

function readThreadMs(id) {
  try {
    return Number(readFileSync(`/proc/${id}/task/${id}/schedstat`, 'latin1').split(' ')[0]) / 1e6
  } catch {
    return 0
  }
}
