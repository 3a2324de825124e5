import { shown, shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { dialEvidence } from '../dial-cause.ts'
import { fix, NO_HELP_FOR_PROXIES } from '../fixes.ts'
import { placeFixes, proxySettingLines } from '../where-set.ts'

/** The parent proxy's name was not resolved, or no TCP connection to it was made. */
export const proxyUnreachable = defineCause({
  id: 'proxy-unreachable',
  meaning: 'The configured HTTPS_PROXY cannot be reached (name, TCP)',
  fault: 'client-config',
  detect({ dialFailure }) {
    if (dialFailure === null || dialFailure.leg !== 'parent') return undefined
    return { evidence: dialFailure, leg: 'parent', stage: dialFailure.stage, confidence: 'certain' }
  },
  goText: (failure) => (failure.goText.startsWith('proxyconnect') ? failure.goText : `proxyconnect tcp: ${failure.goText}`),
  explain: (failure, seen) => ({
    title: `the proxy ${shownHost(failure.host, failure.port)} cannot be reached`,
    why: `HTTPS_PROXY names this proxy, and ${failure.stage === 'dns' ? 'its name was not resolved' : 'no TCP connection to it was made'}. ${shown(seen.target.host)} was never asked. Off the company network the proxy is often out of reach, and needless.`,
    evidence: [...dialEvidence(failure), ...proxySettingLines(seen)],
    fixes: [
      fix({
        title: 'where no proxy is needed now: leave it out of this shell',
        shell: 'bash',
        commands: ['unset HTTPS_PROXY https_proxy'],
        checkedHow: 'needs to be known whether this network wants a proxy',
      }),
      fix({
        title: 'where no proxy is needed now: leave it out of this shell',
        shell: 'powershell',
        os: 'windows',
        commands: ['Remove-Item Env:HTTPS_PROXY'],
        checkedHow: 'needs to be known whether this network wants a proxy',
      }),
      ...placeFixes(
        seen.proxySetting?.setAt,
        (line) => `where the proxy is gone for good: remove ${line}, which sets ${seen.proxySetting?.variable ?? 'HTTPS_PROXY'}`,
      ),
    ],
    willNotHelp: NO_HELP_FOR_PROXIES,
  }),
})
