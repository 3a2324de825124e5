// A `whytls serve` of the build and a Chromium, for scripts and benches.
import { spawn } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

/** The built command. */
export const MAIN = join(dirname(fileURLToPath(import.meta.url)), '../dist/cli/main.js')

/** Start `whytls serve` on free ports. Resolves with its process, the page's address (with its token) and the proxy's. */
export function startServe(env) {
  const child = spawn(process.execPath, [MAIN, 'serve', '--port', '0', '--page-port', '0', '--no-open'], { env })
  let printed = ''
  return new Promise((resolve, reject) => {
    child.once('close', () => reject(new Error(printed)))
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        printed += text
        const url = /Page\s+(http\S+)/.exec(printed)?.[1]
        const proxy = /Proxy\s+(http\S+)/.exec(printed)?.[1]
        if (url !== undefined && proxy !== undefined) resolve({ child, url, proxy })
      })
    }
  })
}

/** End a server and wait until it is gone. */
export async function stopServe({ child }) {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = new Promise((resolve) => child.once('close', resolve))
  child.kill('SIGINT')
  await gone
}

/** The system's Chromium, without errands of its own. */
export function launchChromium() {
  const args = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking']
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args })
}
