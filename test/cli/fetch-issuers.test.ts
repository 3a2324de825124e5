import { createServer } from 'node:http'
import { describe, expect, it, onTestFinished } from 'vitest'
import { fetchIssuers } from '../../src/cli/fetch-issuers.ts'
import { type Authority, bundle, ca, mint, oid, sequence, tlv, toPem } from '../x509/mint.ts'

/** authorityInfoAccess with one caIssuers URL (RFC 5280 section 4.2.2.1). */
const issuedAt = (url: string) => ({
  oid: '1.3.6.1.5.5.7.1.1',
  value: sequence(sequence(oid('1.3.6.1.5.5.7.48.2'), tlv(0x86, Buffer.from(url)))),
})

/** Serves files by path on loopback; what was asked for. */
async function serve(files: ReadonlyMap<string, Uint8Array | string>): Promise<{ readonly url: string; readonly asked: string[] }> {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const file = files.get(request.url ?? '')
    response.writeHead(file === undefined ? 404 : 200).end(file)
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  onTestFinished(() => void server.close())
  const address = server.address()
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, asked }
}

const said: string[] = []
const how = {
  env: {},
  resolve: async (_host: string, port: number) => ({ addresses: ['127.0.0.1'], port, by: null }),
  failingAddress: '127.0.0.1',
  signal: new AbortController().signal,
}
const follow = (chain: readonly Uint8Array[]) => fetchIssuers(chain, how, (line) => said.push(line))

interface Family {
  readonly leaf: Authority
  readonly sub: Authority
  readonly top: Authority
}

function family(url: string): Family {
  const root = mint({ subject: { commonName: 'Lab Root' }, extensions: [ca()] })
  const top = mint({ subject: { commonName: 'Lab Policy CA' }, issuer: root, extensions: [ca()] })
  const sub = mint({ subject: { commonName: 'Lab Issuing CA' }, issuer: top, extensions: [ca(), issuedAt(`${url}/top.cer`)] })
  const leaf = mint({ subject: { commonName: 'mods.example' }, issuer: sub, extensions: [issuedAt(`${url}/sub.cer`)] })
  return { leaf, sub, top }
}

describe('issuers', () => {
  it('are followed from the last certificate of the chain, each step said', async () => {
    const files = new Map<string, Uint8Array | string>()
    const { url, asked } = await serve(files)
    const { leaf, sub, top } = family(url)
    files.set('/sub.cer', sub.der).set('/top.cer', top.der)
    expect(await follow([leaf.der])).toEqual([sub.der, top.der])
    expect(asked).toEqual(['/sub.cer', '/top.cer'])
    expect(said.at(-2)).toContain(`CN=Lab Issuing CA, from ${url}/sub.cer`)
  })
  it('may be served as PEM', async () => {
    const files = new Map<string, Uint8Array | string>()
    const { url } = await serve(files)
    const { leaf, sub } = family(url)
    files.set('/sub.cer', toPem(sub.der))
    expect(await follow([leaf.der])).toEqual([sub.der])
  })
  it('may be served as a PKCS #7 bundle, of which the issuer is followed', async () => {
    const files = new Map<string, Uint8Array | string>()
    const { url, asked } = await serve(files)
    const { leaf, sub, top } = family(url)
    const other = mint({ subject: { commonName: 'Other' } })
    files.set('/sub.cer', bundle(other.der, sub.der)).set('/top.cer', top.der)
    expect(await follow([leaf.der])).toEqual([other.der, sub.der, top.der])
    expect(asked).toEqual(['/sub.cer', '/top.cer'])
  })

  it('that are not there end the search, and the reason is said', async () => {
    const { url } = await serve(new Map())
    expect(await follow([family(url).leaf.der])).toEqual([])
    expect(said.at(-1)).toContain(`${url}/sub.cer: the answer has status 404`)
  })
  it('that are no certificates are left out, and said', async () => {
    const files = new Map<string, Uint8Array | string>([['/sub.cer', 'this is no certificate']])
    const { url } = await serve(files)
    expect(await follow([family(url).leaf.der])).toEqual([])
    expect(said.at(-1)).toContain(`${url}/sub.cer: what is served there is no certificate`)
  })
  it('are followed three steps at most', async () => {
    const files = new Map<string, Uint8Array | string>()
    const { url, asked } = await serve(files)
    const { leaf } = family(url)
    const endless = mint({ subject: { commonName: 'A' }, issuer: family(url).top, extensions: [ca(), issuedAt(`${url}/sub.cer`)] })
    files.set('/sub.cer', endless.der)
    await follow([leaf.der])
    expect(asked).toHaveLength(3)
  })
  it('are not looked for without a URL, or behind https only', async () => {
    const root = mint({ subject: { commonName: 'Lab Root' }, extensions: [ca()] })
    expect(await follow([mint({ subject: { commonName: 'x' }, issuer: root }).der])).toEqual([])
    const leaf = mint({ subject: { commonName: 'x' }, issuer: root, extensions: [issuedAt('https://ca.example/i.cer')] })
    expect(await follow([leaf.der])).toEqual([])
    expect(await follow([])).toEqual([])
  })
})
