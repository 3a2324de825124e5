import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseAlerts } from '../../src/tls/alert.ts'
import { parseCertificate12, parseCertificate13 } from '../../src/tls/certificate-message.ts'
import { parseCertificateRequest12, parseCertificateRequest13 } from '../../src/tls/certificate-request.ts'
import { parseCertificateStatus } from '../../src/tls/certificate-status.ts'
import { parseClientHello } from '../../src/tls/client-hello.ts'
import { TlsDecodeError } from '../../src/tls/decode-error.ts'
import { readRecord } from '../../src/tls/record.ts'
import { parseEncryptedExtensions, parseServerHello } from '../../src/tls/server-hello.ts'
import { parseNamedCurve } from '../../src/tls/server-key-exchange.ts'
import { readSslv2ClientHello } from '../../src/tls/sslv2.ts'
import { play, readVector } from '../handshake/playbook.ts'

/** Bodies of real messages by type: a prefix of one with a random tail comes deep into a parser. */
const seeds = ['go-tls12-client-certificate', 'go-tls13-client-certificate', 'go-tls13-hrr-ok', 'hello-git-gnutls', 'hello-curl-openssl']
  .flatMap((name) => play(readVector(name), 'before').transcript.messages)
  .map(({ octets }) => (octets ?? new Uint8Array(0)).slice(4))

const mutated = fc
  .record({ seed: fc.constantFrom(...seeds), cut: fc.nat(2000), tail: fc.uint8Array({ maxLength: 80 }) })
  .map(({ seed, cut, tail }) => Uint8Array.from([...seed.subarray(0, cut % (seed.length + 1)), ...tail]))

const parsers: Readonly<Record<string, (octets: Uint8Array) => unknown>> = {
  parseClientHello,
  parseServerHello,
  parseEncryptedExtensions,
  parseCertificate12,
  parseCertificate13,
  parseCertificateRequest12: (octets) => parseCertificateRequest12(octets, true),
  parseCertificateRequest13,
  parseCertificateStatus,
  parseNamedCurve,
  parseAlerts,
  readRecord,
  readSslv2ClientHello,
}

describe('every parser is total', () => {
  it.each(Object.entries(parsers))('%s gives a value or TlsDecodeError with a place inside the octets', (_name, parse) => {
    fc.assert(
      fc.property(mutated, (octets) => {
        try {
          parse(octets)
        } catch (error) {
          expect(error).toBeInstanceOf(TlsDecodeError)
          if (error instanceof TlsDecodeError) expect(error.offset).toBeLessThanOrEqual(octets.length)
        }
      }),
      { numRuns: 400, seed: 20261122 },
    )
  })
})
