import { certificateCause, furtherSentence, hostName } from '../certificate-cause.ts'
import { weighClock } from '../clock-words.ts'
import { wordsOfExpiry } from '../expiry-words.ts'
import { fix, serverFix } from '../fixes.ts'
import { atMost } from '../refusal.ts'
import { inMinute, inSpan } from '../units.ts'

/** The leaf's notAfter lies before the client's clock. */
export const certExpired = certificateCause({
  id: 'cert-expired',
  meaning: 'The leaf certificate has expired',
  fault: 'upstream',
  confidence: (base, _verdict, seen) => atMost(base, weighClock(seen).limit),
  words(evidence, seen) {
    const clock = weighClock(seen)
    const ended = wordsOfExpiry(evidence, seen)
    const { notAfter } = ended
    const ago = notAfter === undefined ? '' : ` ${inSpan(seen.now.getTime() - notAfter.getTime())} ago`
    return {
      title: `the certificate of ${hostName(seen)} expired${ago || ', says the clock of this machine'}`,
      why: `${notAfter === undefined ? 'Its notAfter lies in the past' : `It was valid until ${inMinute(notAfter)}`}; the clock of this machine said ${inMinute(seen.now)}. go refuses every certificate outside its validity. go's text is the same for an expired intermediate or root, but here it is the leaf.`,
      evidence: [ended.evidence, ...clock.evidence],
      fixes: [
        serverFix(seen, 'renew the certificate on the server'),
        fix({
          title: 'until then, where another module mirror has it: name that one for this command',
          scope: 'this-command',
          commands: ['GOPROXY=https://MIRROR go mod download'],
          shell: 'bash',
          checkedHow: 'needs a mirror that you are allowed to use',
        }),
      ],
      alsoPossible: clock.alsoPossible,
      limit: clock.limit,
      alsoTrue: [...evidence.further.map(furtherSentence), ...clock.alsoTrue],
    }
  },
})
