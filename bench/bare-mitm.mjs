/** http-mitm-proxy as it comes, but with connections kept and serial numbers that Go takes. Everything is 127.0.0.1. */
import { readFileSync } from 'node:fs'
import { Agent } from 'node:https'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Proxy as MitmProxy } from 'http-mitm-proxy'

const { CA } = createRequire(import.meta.url)('http-mitm-proxy/dist/lib/ca.js')
const random = CA.prototype.randomSerialNumber
CA.prototype.randomSerialNumber = function () {
  return `40${random.call(this).slice(2)}`
}
const [, , folder, originCertificate] = process.argv
const proxy = new MitmProxy()
const httpsAgent = new Agent({ keepAlive: true, ca: readFileSync(originCertificate) })
proxy.onRequest((context, callback) => {
  context.proxyToServerRequestOptions.host = '127.0.0.1'
  context.proxyToServerRequestOptions.servername = 'modules.test'
  callback()
})
proxy.onError(() => {})
proxy.listen({ port: 0, host: '127.0.0.1', sslCaDir: folder, keepAlive: true, httpsAgent }, () => {
  const authority = readFileSync(join(folder, 'certs', 'ca.pem'), 'utf8')
  process.stdout.write(`${JSON.stringify({ proxy: `http://127.0.0.1:${proxy.httpPort}`, authority })}\n`)
})
