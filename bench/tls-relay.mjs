/** The yardstick of intercept mode: ends TLS on both sides with minted leaves and copies what is inside; it reads and stores nothing. */
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { connect as connectTls, TLSSocket } from 'node:tls'

const { makeRunAuthority } = await import(process.argv[2])
const authority = makeRunAuthority(new Date())
const server = createServer()
server.on('connect', (request, client) => {
  const [name, port] = request.url.split(':')
  const raw = connect({ host: '127.0.0.1', port: Number(port), noDelay: true }, () => {
    const upstream = connectTls({ socket: raw, servername: name, rejectUnauthorized: false, ALPNProtocols: ['h2', 'http/1.1'] })
    upstream.on('error', () => client.destroy())
    upstream.once('secureConnect', () => {
      client.setNoDelay(true)
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      const session = new TLSSocket(client, {
        isServer: true,
        secureContext: authority.contextFor(name),
        ALPNProtocols: [upstream.alpnProtocol || 'http/1.1'],
      })
      session.on('error', () => upstream.destroy())
      session.pipe(upstream).pipe(session)
    })
  })
  raw.on('error', () => client.destroy())
  client.on('error', () => raw.destroy())
})
server.listen(0, '127.0.0.1', () =>
  process.stdout.write(`${JSON.stringify({ proxy: `http://127.0.0.1:${server.address().port}`, authority: authority.certificatePem })}\n`),
)
