import { describe, expect, it } from 'vitest'
import { certBatchLine, verifyBatchLine } from '../../src/x509/batch.ts'
import { ca, dns, mint, san, toPem } from './mint.ts'

const root = mint({ subject: { commonName: 'Root' }, extensions: [ca()] })
const other = mint({ subject: { commonName: 'Other' }, extensions: [ca()] })
const leaf = mint({ subject: {}, issuer: root, extensions: [san(dns('mods.example'))] })
const text = (der: Uint8Array) => Buffer.from(der).toString('base64')
const line = {
  id: 7,
  name: 'mods.example',
  time: '2026-06-15T12:00:00Z',
  leaf: text(leaf.der),
  intermediates: [],
  roots: [text(root.der)],
  go: '1.26.8',
}

describe('a line of verify --batch', () => {
  it('may have PEM or base64, and tells the chain by fingerprints', () => {
    const want = { id: 7, ok: true, goText: '', tlsText: '', stage: null, defects: [] }
    const plain = verifyBatchLine(JSON.stringify(line))
    expect(plain).toMatchObject(want)
    expect(plain).toMatchObject({ chain: [expect.stringMatching(/^[0-9a-f]{64}$/), expect.stringMatching(/^[0-9a-f]{64}$/)] })
    expect(verifyBatchLine(JSON.stringify({ ...line, leaf: toPem(leaf.der), roots: [`${toPem(other.der)}${toPem(root.der)}`] }))).toEqual(
      plain,
    )
  })

  it('has stage parse, verify or tls where it is refused, and the GODEBUG of its own', () => {
    const refusing = (change: object) => verifyBatchLine(JSON.stringify({ ...line, ...change }))
    const negative = mint({ subject: {}, issuer: root, extensions: [san(dns('mods.example'))], serial: Buffer.of(0xff) })
    expect(refusing({ leaf: text(negative.der) })).toMatchObject({ ok: false, stage: 'parse' })
    expect(refusing({ leaf: text(negative.der), godebug: 'x509negativeserial=1' })).toMatchObject({ ok: true })
    expect(refusing({ name: 'other.example' })).toMatchObject({
      ok: false,
      stage: 'verify',
      defects: [{ code: 'cert-name-mismatch', certificate: 0 }],
    })
    expect(refusing({ roots: [] })).toMatchObject({ ok: false, stage: 'verify', goText: 'x509: certificate signed by unknown authority' })
  })

  it.each([
    ['{', /JSON/],
    ['[]', /^not a JSON object$/],
    ['7', /^not a JSON object$/],
    [JSON.stringify({ ...line, leaf: undefined }), /^leaf: not a string$/],
    [JSON.stringify({ ...line, leaf: 'not base64!' }), /^leaf: neither PEM nor base64$/],
    [JSON.stringify({ ...line, leaf: '-----BEGIN CERTIFICATE-----' }), /^leaf: no certificate in the PEM text$/],
    [JSON.stringify({ ...line, intermediates: [1] }), /^intermediates: not a list of strings$/],
    [JSON.stringify({ ...line, roots: ['{}'] }), /^roots\[0\]: neither PEM nor base64$/],
    [JSON.stringify({ ...line, time: 'soon' }), /^time: not a time$/],
    [JSON.stringify({ ...line, time: null }), /^time: not a time$/],
    [JSON.stringify({ ...line, go: 'newest' }), /^go: not a version$/],
  ])('that cannot be judged has an error and its id: %s', (broken, error) => {
    expect(verifyBatchLine(broken)).toEqual({ id: broken.startsWith('{"id":7') ? 7 : null, error: expect.stringMatching(error) })
  })
})

describe('a line of cert --batch', () => {
  it('has the fields of the contract, also where go refuses', () => {
    expect(certBatchLine(JSON.stringify({ id: 'a', der: text(root.der), go: '1.26.8' }))).toEqual({
      id: 'a',
      ok: true,
      goText: '',
      subject: 'CN=Root',
      issuer: 'CN=Root',
      serialNumber: '2a',
      notBefore: '2026-01-01T00:00:00.000Z',
      notAfter: '2026-12-31T00:00:00.000Z',
      dnsNames: [],
    })
    expect(certBatchLine('{"id":"b","der":"MAA="}')).toMatchObject({ id: 'b', ok: false, goText: 'x509: malformed tbs certificate' })
    expect(certBatchLine('{"id":"c"}')).toEqual({ id: 'c', error: 'der: not a string' })
  })
})
