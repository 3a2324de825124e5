import { shown } from '../captured.ts'
import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { fix, serverFix } from '../fixes.ts'
import { hostWord } from '../remedy.ts'

/** None of the leaf's names is the host that was asked for. */
export const certNameMismatch = certificateCause({
  id: 'cert-name-mismatch',
  meaning: 'The certificate is not for this host name or address',
  fault: 'upstream',
  words(evidence, seen) {
    const offered = fact(evidence.defect, 'offered', 'dnsNames', 'names', 'ipAddresses')
    const where = seen.target.address === null ? '' : `${shown(seen.target.address)} answered. `
    return {
      title: 'the server answered with a certificate for another name',
      why: `Asked for ${hostName(seen)}, offered ${offered ?? 'no name that go looks at'}. ${where}Either the URL has the wrong name, or the name leads to the wrong server (hosts file, DNS sinkhole, default host of a shared server).`,
      evidence: [verified(`names of ${whichCertificate(evidence)}: ${offered ?? 'none'}`)],
      fixes: [
        fix({
          title: 'look which address the name has here',
          scope: 'this-machine',
          os: 'linux',
          commands: [`getent ahosts ${hostWord(seen.target.host)}`],
          checkedHow: 'needs to be known which address is meant',
        }),
        serverFix(seen, `add ${shown(seen.target.host)} to the certificate, or use the name that it has`),
      ],
    }
  },
})
