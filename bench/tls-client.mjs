/**
 * A client of the intercept bench, in a process of its own so that the proxy judges with the roots of this environment.
 * `names PORT COUNT PREFIX`: first and second connection to as many hosts. `stream PORT MIB h1|h2`: read one large body. `stall PORT MIB h1|h2 SECONDS`:
 * ask for it and read nothing. `suite PORT`: the cipher suites of both legs. Prints one line of JSON.
 */
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect as connectHttp2 } from 'node:http2'
import { connect } from 'node:tls'

const [, , proxyUrl, work, port, count, protocol, seconds] = process.argv
const ca = readFileSync(process.env.SSL_CERT_FILE)
const print = (value) => process.stdout.write(`${JSON.stringify(value)}\n`)

/** As go offers them where AES has hardware. */
const CIPHERS = 'TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256'

if (work === 'suite') print(await readSuites())
else if (work === 'names') print(await compareNames(Number(count)))
else if (work === 'stream') print(await stream())
else print(await stall())
process.exit()

async function open(host, alpn) {
  const { hostname, port: proxyPort } = new URL(proxyUrl)
  const asking = request({ host: hostname, port: proxyPort, method: 'CONNECT', path: `${host}:${port}`, agent: false }).end()
  const [, socket] = await once(asking, 'connect')
  socket.setNoDelay(true)
  const session = connect({ socket, servername: host, ca, ALPNProtocols: [alpn], ciphers: CIPHERS })
  await once(session, 'secureConnect')
  return session
}

/** Milliseconds from CONNECT to the end of the handshake, for hosts never seen and for the same hosts again. */
async function compareNames(size) {
  const times = { first: [], again: [] }
  const hosts = Array.from({ length: size }, (_, n) => `${protocol}${n}.modules.test`)
  const measure = async (host, list) => {
    const startedAt = performance.now()
    const session = await open(host, 'h2')
    list.push(performance.now() - startedAt)
    session.destroy()
  }
  for (let n = 0; n < 10; n++) await measure('modules.test', [])
  for (const host of hosts) {
    await measure(host, times.first)
    await measure(host, times.again)
  }
  return times
}

/** Of our own session, and of the one that the origin sees. */
async function readSuites() {
  const session = await open('modules.test', 'h2')
  const request = connectHttp2(`https://modules.test:${port}`, { createConnection: () => session }).request({ ':path': '/suite' })
  let upstream = ''
  for await (const part of request) upstream += part
  return { client: session.getCipher().name, upstream }
}

async function ask() {
  const path = `/large?mib=${count}`
  const session = await open('modules.test', protocol === 'h2' ? 'h2' : 'http/1.1')
  if (protocol === 'h2') {
    const client = connectHttp2(`https://modules.test:${port}`, {
      createConnection: () => session,
      settings: { initialWindowSize: 4 << 20 },
    })
    client.setLocalWindowSize?.(1 << 30)
    return client.request({ ':path': path })
  }
  session.write(`GET ${path} HTTP/1.1\r\nHost: modules.test\r\nConnection: close\r\n\r\n`)
  return session
}

async function stream() {
  const body = await ask()
  let received = 0
  body.on('data', (part) => {
    received += part.length
  })
  await once(body, protocol === 'h2' ? 'end' : 'close')
  return { received }
}

async function stall() {
  const body = await ask()
  await once(body, 'readable')
  await new Promise((resolve) => setTimeout(resolve, Number(seconds) * 1000))
  return { received: 0 }
}
