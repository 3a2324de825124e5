/** The bench's origin: HTTP/2 and HTTP/1.1 over TLS on loopback; modules, /large (a body of as many MiB as the query says), /suite. */
import { generateKeyPairSync } from 'node:crypto'
import { createSecureServer } from 'node:http2'
import { Readable } from 'node:stream'
import forge from 'node-forge'
import { makeGraph, makeModules } from './modules.mjs'

const { key, cert } = mintCertificate()
const files = new Map([...makeModules(Number(process.argv[2])), ...makeGraph(Number(process.argv[3] ?? 0))])
const block = Buffer.alloc(256 * 1024, 'x')

const server = createSecureServer({ key, cert, allowHTTP1: true }, (request, response) => {
  const large = /^\/large\?mib=(\d+)$/.exec(request.url)
  if (large !== null) return streamLarge(response, Number(large[1]))
  const octets = request.url === '/suite' ? Buffer.from(request.socket.getCipher().name) : files.get(request.url)
  response.writeHead(octets === undefined ? 404 : 200, { 'content-length': octets?.length ?? 0 })
  response.end(octets)
})
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port, cert }))

function streamLarge(response, mib) {
  response.writeHead(200, { 'content-length': mib * 1024 * 1024 })
  let left = mib * 4
  new Readable({
    read() {
      this.push(left-- > 0 ? block : null)
    },
  }).pipe(response)
}

/** A self-signed certificate for modules.test and 127.0.0.1, valid for a day. */
function mintCertificate() {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const certificate = forge.pki.createCertificate()
  certificate.publicKey = forge.pki.publicKeyFromPem(publicKey)
  certificate.serialNumber = '40aa01'
  certificate.validity.notBefore = new Date(Date.now() - 3_600_000)
  certificate.validity.notAfter = new Date(Date.now() + 86_400_000)
  const name = [{ name: 'commonName', value: 'modules.test' }]
  certificate.setSubject(name)
  certificate.setIssuer(name)
  certificate.setExtensions([
    { name: 'basicConstraints', cA: true },
    {
      name: 'subjectAltName',
      altNames: [
        { type: 2, value: 'modules.test' },
        { type: 2, value: '*.modules.test' },
        { type: 7, ip: '127.0.0.1' },
      ],
    },
  ])
  certificate.sign(forge.pki.privateKeyFromPem(privateKey), forge.md.sha256.create())
  return { key: privateKey, cert: forge.pki.certificateToPem(certificate) }
}
