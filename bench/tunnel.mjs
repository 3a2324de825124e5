/** The yardstick: a CONNECT tunnel of Node in a few lines, which reads nothing. `modules.test` is 127.0.0.1. */
import { createServer } from 'node:http'
import { connect } from 'node:net'

const server = createServer()
server.on('connect', (request, client, head) => {
  const [, host, port] = /^(.*):(\d+)$/.exec(request.url)
  const upstream = connect({ host: host === 'modules.test' ? '127.0.0.1' : host, port: Number(port), noDelay: true }, () => {
    client.write('HTTP/1.1 200 OK\r\n\r\n')
    upstream.write(head)
    client.pipe(upstream).pipe(client)
  })
  client.on('error', () => upstream.destroy())
  upstream.on('error', () => client.destroy())
})
server.listen(0, '127.0.0.1', () => process.stdout.write(`${JSON.stringify({ proxy: `http://127.0.0.1:${server.address().port}` })}\n`))
