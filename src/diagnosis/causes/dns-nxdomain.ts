import { shown } from '../captured.ts'
import { dialCause } from '../dial-cause.ts'
import { fix, networkFix } from '../fixes.ts'

/** The resolver says that the name does not exist. */
export const dnsNxdomain = dialCause({
  id: 'dns-nxdomain',
  kind: 'nxdomain',
  meaning: 'The host name does not exist',
  fault: 'network',
  words: (failure, seen) => ({
    title: `the host name ${shown(failure.host)} does not exist`,
    why: `The resolver was asked and said that there is no such name. It is misspelt in GOPROXY or in a module path, or it is known only inside another network (VPN, company DNS). No connection was tried.`,
    fixes: [
      fix({
        title: 'look whether the name is what you meant',
        scope: 'this-user',
        commands: ['go env GOPROXY GOPRIVATE GONOPROXY GOSUMDB'],
      }),
      networkFix(seen, `make ${shown(failure.host)} resolvable here (VPN, company DNS)`),
    ],
  }),
})
