import { certificateCause, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { serverFix } from '../fixes.ts'

/** The first certificate is not the server's own: it is taken for the leaf. */
export const chainOrder = certificateCause({
  id: 'chain-order',
  meaning: 'The server sends another certificate before its leaf',
  fault: 'upstream',
  words: (evidence, seen) => ({
    title: `${hostName(seen)} sends another certificate before its own`,
    why: "The first certificate counts as the server's own. Here it is another one, and a certificate for this host follows behind it: the chain file is in the wrong order. go's text speaks of the first one only.",
    evidence: [verified(`first comes ${whichCertificate({ ...evidence, defect: { ...evidence.defect, certificate: 0 } })}`)],
    fixes: [
      serverFix(seen, 'put the own certificate first in the chain file, then the intermediates', {
        commands: ['cat leaf.crt intermediate.crt > fullchain.pem'],
      }),
    ],
  }),
})
