import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix, variableFixes } from '../fixes.ts'
import { extendGodebug } from '../remedy.ts'

/** Over 8192 bits, or over what tlsmaxrsasize says. */
export const rsaKeyTooLarge = certificateCause({
  id: 'rsa-key-too-large',
  meaning: 'An RSA key is longer than the 8192 bits that Go takes',
  fault: 'upstream',
  words(evidence, seen) {
    const bits = fact(evidence.defect, 'bits', 'keyBits', 'offered')
    return {
      title: `an RSA key that ${hostName(seen)} sends is larger than go takes`,
      why: `It has ${bits === undefined ? 'too many' : bits} bits; go takes ${fact(evidence.defect, 'limit', 'maximum', 'wanted') ?? '8192'} at most, since checking larger ones costs the client too much time. This goes for every certificate sent, needed or not.`,
      evidence: [verified(`${whichCertificate(evidence)}: RSA${bits === undefined ? '' : `, ${bits} bits`}`)],
      fixes: [
        serverFix(seen, 'use a key of 2048 to 4096 bits, or ECDSA'),
        ...variableFixes('GODEBUG', extendGodebug(seen.go.godebug, 'tlsmaxrsasize=16384'), {
          title: 'until then: let go take larger keys in this shell',
          checkedHow: 'needs a second try with this setting',
          risk: 'a hostile server can make go compute for long',
        }),
      ],
    }
  },
})
