/** The client's own clock, where it is not this machine's: all that it says of it is an alert. Pure. */

import { summarizeCertificate } from '../x509/summary.ts'
import type { Finding } from './cause.ts'
import { defineCause } from './cause.ts'
import { hostName } from './certificate-cause.ts'
import { fix, NO_HELP_FOR_CERTIFICATES } from './fixes.ts'
import type { Observation } from './observation.ts'
import { clientRefusal } from './refusal.ts'
import { inMinute } from './units.ts'

/** certificate_expired (RFC 8446, section 6.2): go never sends it, OpenSSL and others do, for a notAfter that their clock has passed. */
const CERTIFICATE_EXPIRED = 45

const saidByAlert = defineCause({
  id: 'client-clock-wrong',
  meaning: '',
  fault: 'client-machine',
  detect(seen) {
    const own = readExpired(seen)
    if (own === undefined || seen.judged?.verdict.ok !== true || seen.outcome !== 'failed') return undefined
    return { evidence: own, leg: own.leg, stage: 'certificate', confidence: 'likely' }
  },
  goText: () => undefined,
  explain: ({ leg, until }, seen) => ({
    title: `the client takes a certificate of ${hostName(seen)} for expired that is valid now: the client's clock may be wrong, not this machine's`,
    why: `The client refused with the alert certificate_expired (45), which speaks of time alone. By this machine's clock (${inMinute(seen.now)}) ${leg === 'client' ? 'what whytls showed it' : 'every certificate of the chain'} is valid${until === null ? '' : `, the leaf until ${inMinute(new Date(until))}`}.${seen.isClientRemote === true ? ' By its address the client may be on another machine, or in a virtual machine or container.' : ''}`,
    evidence: [
      { text: 'the client sent the alert certificate_expired (45)', source: leg === 'client' ? 'decrypted' : 'wire', ref: null },
      { text: `the chain passes at ${inMinute(seen.now)}, the time of this machine`, source: 'verifier', ref: null },
    ],
    fixes: [
      fix({
        title: 'on the machine of the client: compare its clock with this one, then let it be set from the network',
        scope: 'this-machine',
        commands: ['date -u'],
        checkedHow: 'this only looks',
      }),
    ],
    willNotHelp: NO_HELP_FOR_CERTIFICATES,
    notChecked: [
      "the client's own clock: nothing in a handshake tells it",
      'whether the client keeps an expired copy of a root or intermediate',
    ],
  }),
})

/** A client clock that the client's own alert betrays. */
export function examineClientClock(seen: Observation): Finding<'client-clock-wrong'> | undefined {
  return saidByAlert.examine(seen)
}

function readExpired(seen: Observation): { readonly leg: 'client' | 'upstream'; readonly until: string | null } | undefined {
  const { clientLeg, interception, judged } = seen
  if (interception?.kind === 'decrypted') {
    const isSaid = clientLeg?.alerts.some(({ sender, code }) => sender === 'client' && code === CERTIFICATE_EXPIRED) === true
    return isSaid && clientLeg?.isComplete !== true ? { leg: 'client', until: null } : undefined
  }
  const refusal = clientRefusal(seen)
  if (refusal?.how !== 'clear' || refusal.alertCode !== CERTIFICATE_EXPIRED) return undefined
  const [leaf] = judged?.chain ?? []
  return { leg: 'upstream', until: leaf === undefined ? null : summarizeCertificate(leaf).notAfter }
}
