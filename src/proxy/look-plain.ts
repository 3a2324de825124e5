import { dial } from './dial.ts'
import type { Resolve } from './resolve.ts'
import type { ParentProxy } from './route.ts'

const PATIENCE_MS = 2_000
const MARK = 'HTTP/'

/**
 * Ask a proxy that did not answer in TLS once without it (`OPTIONS *`, no credentials, no host): a plain HTTP proxy answers with a status line.
 * @returns null where it could not be asked
 */
export async function lookForPlainHttp({ host, port }: ParentProxy, resolve: Resolve): Promise<boolean | null> {
  try {
    const { socket } = await dial({ host, port, leg: 'parent', resolve, timeoutMs: PATIENCE_MS })
    return await new Promise((done) => {
      let head = ''
      const finish = () => {
        clearTimeout(timer)
        socket.destroy()
        done(head.startsWith(MARK))
      }
      const timer = setTimeout(finish, PATIENCE_MS)
      socket.on('data', (octets: Buffer) => {
        head += octets.toString('latin1')
        if (head.length >= MARK.length) finish()
      })
      for (const event of ['end', 'close']) socket.once(event, finish)
      socket.write('OPTIONS * HTTP/1.1\r\nHost: proxy\r\nConnection: close\r\n\r\n')
    })
  } catch {
    return null
  }
}
