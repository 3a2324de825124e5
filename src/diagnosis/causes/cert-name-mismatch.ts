import type { EvidenceLine } from '../../contract/diagnosis.ts'
import { shown } from '../captured.ts'
import { certificateCause, fact, hostName, verified, whichCertificate } from '../certificate-cause.ts'
import { fix, serverFix } from '../fixes.ts'
import type { Observation } from '../observation.ts'
import { hostWord } from '../remedy.ts'
import { placeFixes } from '../where-set.ts'

/** None of the leaf's names is the host that was asked for. */
export const certNameMismatch = certificateCause({
  id: 'cert-name-mismatch',
  meaning: 'The certificate is not for this host name or address',
  fault: 'upstream',
  words(evidence, seen) {
    const offered = fact(evidence.defect, 'offered', 'dnsNames', 'names', 'ipAddresses')
    const { address } = seen.target
    const where = address === null ? '' : `${shown(address)}${isPrivate(address) ? ', an address of a private network,' : ''} answered. `
    return {
      title: 'the server answered with a certificate for another name',
      why: `Asked for ${hostName(seen)}, offered ${offered ?? 'no name that go looks at'}. ${where}Either the URL has the wrong name, or the name leads to the wrong server (hosts file, DNS sinkhole, default host of a shared server).${sinkholeHint(offered)}`,
      evidence: [verified(`names of ${whichCertificate(evidence)}: ${offered ?? 'none'}`), ...hostsLines(seen)],
      fixes: [
        ...placeFixes(
          seen.hostsEntry === undefined ? [] : [seen.hostsEntry],
          (line) => `if it is not meant: remove ${line}, which sends the name to this address`,
          { shell: 'any', os: 'any', checkedHow: "nothing was changed yet; it needs an administrator's rights" },
        ),
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

/** The answer did not come from a resolver. */
function hostsLines({ hostsEntry, target }: Observation): readonly EvidenceLine[] {
  if (hostsEntry === undefined) return []
  const text = `${shown(target.host)} is in ${shown(hostsEntry.path)}:${hostsEntry.line}, which gives ${shown(target.address ?? '')}`
  return [{ text, source: 'environment', ref: null }]
}

function sinkholeHint(offered: string | undefined): string {
  return /(?:^|[^a-z])sink-?hole/i.test(offered ?? '')
    ? ' Its name says that it is a sinkhole: somebody blocks this host by DNS on purpose.'
    : ''
}

/** RFC 1918 and RFC 4193. */
function isPrivate(address: string): boolean {
  return /^(?:10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.)/.test(address) || /^f[cd][0-9a-f]{2}:/i.test(address)
}
