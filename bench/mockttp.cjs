/** mockttp that passes everything on to 127.0.0.1, with the key of its authority made anew. argv: its folder, the origin's port and certificate. */
const { readFileSync } = require('node:fs')
const [, , folder, port, certificate] = process.argv
const mockttp = require(folder)

async function start() {
  const https = await mockttp.generateCACertificate()
  const server = mockttp.getLocal({ https, http2: true })
  await server.start()
  await server.forAnyRequest().thenPassThrough({
    additionalTrustedCAs: [{ cert: readFileSync(certificate) }],
    transformRequest: { replaceHost: { targetHost: `127.0.0.1:${port}`, updateHostHeader: false } },
  })
  process.stdout.write(`${JSON.stringify({ proxy: `http://127.0.0.1:${server.port}`, authority: https.cert })}\n`)
}
start()
