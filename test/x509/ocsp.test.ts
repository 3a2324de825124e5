import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HandshakeObserver } from '../../src/handshake/observer.ts'
import { findStapledTimestamps, readOcspResponse } from '../../src/x509/ocsp.ts'
import { summarizeCertificate } from '../../src/x509/summary.ts'
import { findDevelopmentData } from '../tls/development-data.ts'
import { oid, sequence, tlv } from './mint.ts'

const time = (text: string) => tlv(0x18, Buffer.from(text))
const octets = (...values: number[]) => tlv(0x04, Buffer.of(...values))
const certId = sequence(sequence(oid('1.3.14.3.2.26')), octets(1), octets(2), tlv(0x02, Buffer.of(0x12, 0x34)))
const byKey = tlv(0xa2, octets(0xab, 0xcd))

/** An OCSPResponse with one answer. */
function response(status: Buffer, more: { status?: number; responder?: Buffer; next?: Buffer; extensions?: Buffer } = {}): Buffer {
  const single = sequence(
    certId,
    status,
    time('20261120000000Z'),
    ...(more.next === undefined ? [] : [tlv(0xa0, more.next)]),
    ...(more.extensions === undefined ? [] : [tlv(0xa1, more.extensions)]),
  )
  const data = sequence(more.responder ?? byKey, time('20261121000000Z'), sequence(single))
  const basic = sequence(data, sequence(oid('1.2.840.113549.1.1.11')), tlv(0x03, Buffer.of(0)))
  const bytes = sequence(oid('1.3.6.1.5.5.7.48.1.1'), tlv(0x04, basic))
  return sequence(tlv(0x0a, Buffer.of(more.status ?? 0)), tlv(0xa0, bytes))
}

describe('an OCSP response', () => {
  it('says that a certificate is good, and for how long', () => {
    expect(readOcspResponse(response(tlv(0x80), { next: time('20261127000000Z') }))).toEqual({
      lengthBytes: expect.any(Number),
      responseStatus: 'successful',
      certificateStatus: 'good',
      serialNumber: '1234',
      responder: 'abcd',
      producedAt: '2026-11-21T00:00:00.000Z',
      thisUpdate: '2026-11-20T00:00:00.000Z',
      nextUpdate: '2026-11-27T00:00:00.000Z',
      revokedAt: null,
      revocationReason: null,
    })
  })

  it('says since when and why one is revoked', () => {
    const revoked = tlv(0xa1, time('20261001120000Z'), tlv(0xa0, tlv(0x0a, Buffer.of(1))))
    expect(readOcspResponse(response(revoked))).toMatchObject({
      certificateStatus: 'revoked',
      revokedAt: '2026-10-01T12:00:00.000Z',
      revocationReason: 'keyCompromise',
      nextUpdate: null,
    })
  })

  it('names its responder, and may know nothing', () => {
    const name = tlv(0xa1, sequence(tlv(0x31, sequence(oid('2.5.4.3'), tlv(0x0c, Buffer.from('Responder'))))))
    expect(readOcspResponse(response(tlv(0x82), { responder: name }))).toMatchObject({
      certificateStatus: 'unknown',
      responder: 'CN=Responder',
    })
  })

  it('may carry timestamps, behind other extensions', () => {
    const sct = Buffer.concat([Buffer.of(0, 43, 0), Buffer.alloc(32, 7), Buffer.from('0000019b00000000', 'hex'), Buffer.alloc(2)])
    const list = Buffer.concat([Buffer.of(0, sct.length), sct])
    const extensions = sequence(
      sequence(oid('1.3.6.1.5.5.7.48.1.2'), tlv(0x01, Buffer.of(255)), octets(1)),
      sequence(oid('1.3.6.1.4.1.11129.2.4.5'), tlv(0x04, tlv(0x04, list))),
    )
    const stapled = response(tlv(0x80), { next: time('20261127000000Z'), extensions })
    expect(findStapledTimestamps(stapled)).toEqual([{ logId: '07'.repeat(32), at: new Date(0x19b00000000).toISOString() }])
    expect(readOcspResponse(stapled).certificateStatus).toBe('good')
    expect(findStapledTimestamps(response(tlv(0x80)))).toEqual([])
    for (let end = 0; end < stapled.length; end += 1) expect(findStapledTimestamps(stapled.subarray(0, end))).toEqual([])
  })

  it('may be an error, without an answer', () => {
    expect(readOcspResponse(sequence(tlv(0x0a, Buffer.of(3))))).toMatchObject({ responseStatus: 'tryLater', certificateStatus: null })
  })

  it('that is none is told to be none', () => {
    expect(readOcspResponse(Buffer.from('no'))).toMatchObject({ problem: 'no OCSPResponse', certificateStatus: null })
  })

  it('is read without throwing, whatever its octets are', () => {
    const whole = response(tlv(0xa1, time('20261001120000Z')), { next: time('20261127000000Z') })
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 5 }), fc.nat(whole.length), (flips, length) => {
        const mutated = Buffer.from(whole)
        for (const [at, value] of flips) mutated[at] = value
        readOcspResponse(mutated.subarray(0, length))
      }),
      { numRuns: 5000 },
    )
  })

  it('in a real capture speaks of the leaf that stands beside it', () => {
    const folder = findDevelopmentData()
    if (folder === null) return
    const staples = listStaples(join(folder, 'tls/captures'))
    const wrong = staples.filter(({ ocsp, serialNumber }) => ocsp.certificateStatus !== 'good' || ocsp.serialNumber !== serialNumber)
    console.info(
      `OCSP: ${staples.length} staples of real captures, ${staples.length - wrong.length} are good and of the leaf's serial number`,
    )
    expect(staples.length).toBeGreaterThan(50)
    expect(wrong.map(({ id, ocsp }) => [id, ocsp])).toEqual([])
  })
})

function listStaples(root: string) {
  return readdirSync(root).flatMap((id) =>
    readdirSync(join(root, id))
      .filter((file) => file.endsWith('.s2c.bin'))
      .flatMap((file) => {
        const observer = new HandshakeObserver()
        const hello = readdirSync(join(root, id)).find((other) => other === file.replace('s2c', 'c2s'))
        if (hello !== undefined) observer.feed('client-to-server', readFileSync(join(root, id, hello)), 0)
        observer.feed('server-to-client', readFileSync(join(root, id, file)), 0)
        const { ocspResponse, chain } = observer.transcript()
        if (ocspResponse === undefined || chain?.[0] === undefined) return []
        return [{ id: `${id} ${file}`, ocsp: readOcspResponse(ocspResponse), serialNumber: summarizeCertificate(chain[0]).serialNumber }]
      }),
  )
}
