// Captures the vectors of test/vectors/tls: what real clients (go, git, curl, openssl) and a local server say to one another, on loopback only.
// Usage: node scripts/capture-vectors.mjs [NAME…]   (all when none is named; needs go, openssl, curl and git)
// GOTOOLCHAIN fetches the older go commands once, through the module proxy that `go env` names.
import { execFileSync, spawn } from 'node:child_process'
import { constants } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer as createHttpServer } from 'node:http'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createServer as createTlsServer } from 'node:tls'

const HOST = 'modproxy.example.test'
const OUT = new URL('../test/vectors/tls/', import.meta.url)
const folder = mkdtempSync(join(tmpdir(), 'whytls-vectors-'))
const key = join(folder, 'key.pem')
const certificate = join(folder, 'certificate.pem')

execFileSync('openssl', [
  ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '3650', '-subj', `/CN=${HOST}`],
  ...['-addext', `subjectAltName=DNS:${HOST},IP:192.0.2.1`, '-keyout', key, '-out', certificate],
])

/** A local TLS server that answers every request with a short page. */
const tlsOrigin =
  (options = {}) =>
  (keys) => {
    const server = createTlsServer({ key: readFileSync(key), cert: readFileSync(certificate), ALPNProtocols: ['http/1.1'], ...options })
    server.on('secureConnection', (socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end('HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'))
    })
    server.on('keylog', (line) => keys.push(line.toString().trim()))
    server.on('tlsClientError', () => {})
    return server
  }

/** A local server that says these octets (or nothing) to the ClientHello and closes. */
const rawOrigin = (text) => () =>
  createServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', () => (text === null ? socket.destroy() : socket.end(text)))
  })

/** A TLS server that is interrupted by a page in clear text once the client has sent its request. */
const pageOrigin = () => (keys) => {
  const inner = tlsOrigin()(keys)
  return createServer((socket) => {
    let received = 0
    socket.on('error', () => {})
    inner.emit('connection', socket)
    inner.removeAllListeners('secureConnection').on('secureConnection', (tlsSocket) => {
      tlsSocket.on('error', () => {})
      tlsSocket.on('data', () => {
        received += 1
        if (received === 1)
          socket._handle.writeLatin1String(new (process.binding('stream_wrap').WriteWrap)(), 'HTTP/1.1 403 Forbidden\r\n\r\n')
      })
    })
  })
}

const go =
  (version, { godebug = '', trusts = true, host = HOST } = {}) =>
  (proxy) => {
    const modules = join(folder, `modules-${Math.random()}`)
    mkdirSync(modules)
    writeFileSync(join(modules, 'go.mod'), 'module w.test/w\n\ngo 1.21\n')
    const root = execFileSync('go', ['env', 'GOROOT'], { env: { ...process.env, GOTOOLCHAIN: version } })
      .toString()
      .trim()
    const env = {
      ...{ HOME: modules, PATH: process.env.PATH, GOMODCACHE: join(modules, 'cache'), GOPATH: join(modules, 'path'), GOCACHE: modules },
      ...{ GOTOOLCHAIN: 'local', GOFLAGS: '-modcacherw', GOSUMDB: 'off', GOPROXY: `https://${host}`, GODEBUG: godebug },
      ...{ HTTPS_PROXY: proxy, SSL_CERT_FILE: trusts ? certificate : join(folder, 'none'), SSL_CERT_DIR: join(folder, 'none') },
    }
    return spawn(join(root, 'bin/go'), ['mod', 'download', 'm.test/m@v1.0.0'], { env, cwd: modules })
  }

/** Trusts the certificate only where told. */
const git =
  ({ trusts }) =>
  (proxy) =>
    spawn('git', ['ls-remote', `https://${HOST}/m`], {
      env: { PATH: process.env.PATH, HOME: folder, https_proxy: proxy, ...(trusts ? { GIT_SSL_CAINFO: certificate } : {}) },
    })

const tool =
  (file, ...args) =>
  (proxy) =>
    spawn(file, args, { env: { PATH: process.env.PATH, HOME: folder, HTTPS_PROXY: proxy, https_proxy: proxy } })
const openssl =
  (...args) =>
  (proxy) =>
    spawn('openssl', ['s_client', '-proxy', proxy.replace('http://', ''), '-connect', `${HOST}:443`, '-servername', HOST, ...args])

const GO = 'go1.26.8'
const closing = rawOrigin(null)

/** One version and one suite, however weak. */
const only = (version, suite) => ({ minVersion: version, maxVersion: version, ciphers: `${suite}:@SECLEVEL=0` })

/** Name -> origin, client. Names that begin with `hello-` keep the client's first flight only. */
const VECTORS = {
  'go-tls13-ok': [tlsOrigin(), go(GO)],
  'go-tls12-ok': [tlsOrigin({ maxVersion: 'TLSv1.2' }), go(GO)],
  'go-tls13-refused': [tlsOrigin(), go(GO, { trusts: false })],
  'go-tls13-refused-sha256': [tlsOrigin({ ciphers: 'TLS_AES_128_GCM_SHA256' }), go(GO, { trusts: false })],
  'go-tls13-chacha-refused': [tlsOrigin({ ciphers: 'TLS_CHACHA20_POLY1305_SHA256' }), go(GO, { trusts: false })],
  'go-tls13-sha256-ok': [tlsOrigin({ ciphers: 'TLS_AES_128_GCM_SHA256' }), go(GO)],
  'go-tls12-refused': [tlsOrigin({ maxVersion: 'TLSv1.2' }), go(GO, { trusts: false })],
  'go-tls13-hrr-ok': [tlsOrigin({ ecdhCurve: 'P-384' }), go(GO)],
  'go-tls13-hrr-refused': [tlsOrigin({ ecdhCurve: 'P-384' }), go(GO, { trusts: false })],
  'go-tls13-client-certificate': [tlsOrigin({ requestCert: true, rejectUnauthorized: true }), go(GO)],
  'go-tls12-client-certificate': [tlsOrigin({ requestCert: true, rejectUnauthorized: true, maxVersion: 'TLSv1.2' }), go(GO)],
  'go-old-version': [tlsOrigin({ minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'ALL:@SECLEVEL=0' }), go(GO)],
  'go-no-common-cipher': [tlsOrigin({ maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-SHA384' }), go(GO)],
  'go-plain-http': [rawOrigin('HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\n\r\nplain HTTP\n'), go(GO)],
  'go-not-tls': [rawOrigin('220 mail.example ESMTP ready\r\n'), go(GO)],
  'go-closed': [closing, go(GO)],
  'go-page-after-handshake': [pageOrigin(), go(GO)],
  'go1.21-tls13-ok': [tlsOrigin(), go('go1.21.13')],
  'hello-go1.21': [closing, go('go1.21.13')],
  'hello-go1.22': [closing, go('go1.22.12')],
  'hello-go1.23': [closing, go('go1.23.12')],
  'hello-go1.24': [closing, go('go1.24.13')],
  'hello-go1.24-no-mlkem': [closing, go('go1.24.13', { godebug: 'tlsmlkem=0' })],
  'hello-go1.25': [closing, go('go1.25.7')],
  'hello-go1.26': [closing, go(GO)],
  'hello-go1.26-no-mlkem': [closing, go(GO, { godebug: 'tlsmlkem=0' })],
  'hello-go1.26-no-secp-mlkem': [closing, go(GO, { godebug: 'tlssecpmlkem=0' })],
  'hello-go1.26-no-http2': [closing, go(GO, { godebug: 'http2client=0' })],
  'hello-go1.26-no-aes': [closing, go(GO, { godebug: 'cpu.aes=off,cpu.pclmulqdq=off' })],
  'hello-go1.26-rsakex': [closing, go(GO, { godebug: 'tlsrsakex=1' })],
  'hello-go1.26-fips140': [closing, go(GO, { godebug: 'fips140=on' })],
  'hello-go1.26-address': [closing, go(GO, { host: '192.0.2.1' })],
  'hello-git-gnutls': [closing, tool('git', 'ls-remote', `https://${HOST}/m`)],
  'hello-curl-openssl': [closing, tool('curl', '-s', `https://${HOST}/`)],
  'hello-openssl': [closing, openssl()],
  'git-tls13-ok': [tlsOrigin(), git({ trusts: true })],
  'git-tls13-refused': [tlsOrigin(), git({ trusts: false })],
  'curl-tls13-ok': [tlsOrigin(), tool('curl', '-s', '--cacert', certificate, `https://${HOST}/`)],
  'curl-tls13-refused': [tlsOrigin(), tool('curl', '-s', `https://${HOST}/`)],
  'openssl-tls12-ok': [tlsOrigin({ maxVersion: 'TLSv1.2' }), openssl('-tls1_2')],
  'openssl-tls12-null': [
    tlsOrigin(only('TLSv1.2', 'ECDHE-ECDSA-NULL-SHA')),
    openssl('-tls1_2', '-cipher', 'ECDHE-ECDSA-NULL-SHA:@SECLEVEL=0'),
  ],
  'openssl-tls12-cbc': [
    tlsOrigin({ ...only('TLSv1.2', 'ECDHE-ECDSA-AES128-SHA'), secureOptions: constants.SSL_OP_NO_ENCRYPT_THEN_MAC }),
    openssl(),
  ],
  'openssl-tls12-encrypt-then-mac': [tlsOrigin(only('TLSv1.2', 'ECDHE-ECDSA-AES256-SHA384')), openssl()],
  'openssl-tls12-ccm8': [tlsOrigin(only('TLSv1.2', 'ECDHE-ECDSA-AES128-CCM8')), openssl('-cipher', 'ALL')],
  'openssl-tls12-chacha': [tlsOrigin(only('TLSv1.2', 'ECDHE-ECDSA-CHACHA20-POLY1305')), openssl()],
  'openssl-tls10-cbc': [tlsOrigin(only('TLSv1', 'ECDHE-ECDSA-AES128-SHA')), openssl('-tls1', '-cipher', 'ALL:@SECLEVEL=0')],
  'openssl-tls11-cbc': [tlsOrigin(only('TLSv1.1', 'ECDHE-ECDSA-AES256-SHA')), openssl('-tls1_1', '-cipher', 'ALL:@SECLEVEL=0')],
  'openssl-tls13-ccm-ok': [tlsOrigin({ ciphers: 'TLS_AES_128_CCM_SHA256' }), openssl('-ciphersuites', 'TLS_AES_128_CCM_SHA256')],
  'openssl-tls13-ccm8-ok': [tlsOrigin({ ciphers: 'TLS_AES_128_CCM_8_SHA256' }), openssl('-ciphersuites', 'TLS_AES_128_CCM_8_SHA256')],
}

/** A CONNECT proxy that leads every name to one origin and writes down the first connection. */
function createRecorder(originPort, chunks) {
  let isTaken = false
  const server = createHttpServer()
  server.on('connect', (_request, client) => {
    const note = isTaken ? () => {} : (from, octets) => chunks.push([from, octets.toString('base64')])
    isTaken = true
    const origin = connect({ port: originPort, host: '127.0.0.1', allowHalfOpen: true }, () => client.write('HTTP/1.1 200 OK\r\n\r\n'))
    client.allowHalfOpen = true
    for (const [from, here, there] of [
      ['c', client, origin],
      ['s', origin, client],
    ]) {
      here.on('data', (octets) => {
        note(from, octets)
        there.write(octets)
      })
      here.on('end', () => there.end())
      here.on('error', () => there.destroy())
    }
  })
  return server
}

async function listen(server) {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return server.address().port
}

async function captureVector(name) {
  const [openOrigin, startClient] = VECTORS[name]
  const keys = []
  const chunks = []
  const origin = openOrigin(keys)
  const recorder = createRecorder(await listen(origin), chunks)
  const child = startClient(`http://127.0.0.1:${await listen(recorder)}`)
  child.stdin.end()
  let text = ''
  child.stderr.on('data', (part) => {
    text += part
  })
  const deadline = setTimeout(() => child.kill(), 20_000)
  await once(child, 'close')
  clearTimeout(deadline)
  recorder.closeAllConnections()
  recorder.close()
  origin.close()
  const kept = name.startsWith('hello-') ? chunks.filter(([from]) => from === 'c') : chunks
  const random = Buffer.from(kept.find(([from]) => from === 'c')[1], 'base64').toString('hex', 11, 43)
  const sha256 = execFileSync('openssl', ['x509', '-in', certificate, '-noout', '-fingerprint', '-sha256']).toString().split('=')[1]
  const vector = {
    name,
    served: [sha256.trim().replaceAll(':', '').toLowerCase()],
    keys: keys.filter((line) => line.includes(random)),
    chunks: kept,
  }
  writeFileSync(new URL(`${name}.json`, OUT), `${JSON.stringify(vector, null, 1)}\n`)
  console.log(
    name,
    kept.map(([from, octets]) => `${from}${Buffer.from(octets, 'base64').length}`).join(' '),
    text.trim().split('\n').at(-1),
  )
}

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(VECTORS)
for (const name of names) await captureVector(name)
rmSync(folder, { recursive: true, force: true })
