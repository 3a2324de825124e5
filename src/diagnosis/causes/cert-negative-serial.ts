import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { NO_HELP_FOR_CERTIFICATES, serverFix, variableFixes } from '../fixes.ts'
import { extendGodebug } from '../remedy.ts'

/** The serial number's first bit is set: a negative INTEGER, which the go command refuses to parse since 1.24. */
export const certNegativeSerial = certificateCause({
  id: 'cert-negative-serial',
  meaning: 'A certificate has a negative serial number (the go command 1.24+ refuses to parse it)',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `a certificate that ${hostName(seen)} sends has a negative serial number`,
    why: 'RFC 5280 wants a positive one, and the go command refuses to parse a negative one since 1.24; curl, browsers and older go take it. The program that made it forgot to clear the sign bit: often a proxy that makes certificates as it goes.',
    evidence: [verified(`${whichCertificate(evidence)}: serial number ${fact(evidence.defect, 'serialNumber', 'serial') ?? 'negative'}`)],
    fixes: [
      serverFix(seen, 'issue the certificate anew with a positive serial number (update the proxy that makes it)'),
      ...variableFixes('GODEBUG', extendGodebug(seen.go.godebug, 'x509negativeserial=1'), {
        title: 'until then: let go parse it in this shell (the chain is checked as before)',
        checkedHow: 'needs a second try with this setting',
        risk: 'a later go may drop the setting',
      }),
    ],
    willNotHelp: [
      { setting: 'update-ca-certificates', because: 'the certificate does not parse, so nobody asks who signed it' },
      ...NO_HELP_FOR_CERTIFICATES,
    ],
  }),
})
