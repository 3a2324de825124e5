import { defineCause } from '../cause.ts'
import { hostName } from '../certificate-cause.ts'
import { fix } from '../fixes.ts'

/** Intercept mode: the client refused the certificate that whytls showed it. The origin has done nothing wrong. */
export const clientDistrustsProxyCa = defineCause({
  id: 'client-distrusts-proxy-ca',
  meaning: "The go command does not trust the debugging proxy's own CA",
  fault: 'client-config',
  detect(seen) {
    const { clientLeg, interception } = seen
    if (interception?.kind !== 'decrypted' || clientLeg == null || clientLeg.isComplete) return undefined
    const alert = clientLeg.alerts.find(({ sender, code }) => sender === 'client' && REFUSALS.has(code ?? -1))
    if (alert === undefined) return undefined
    return { evidence: { alert: alert.name, code: alert.code, how: alert.how }, leg: 'client', stage: 'certificate', confidence: 'high' }
  },
  goText: () => 'tls: failed to verify certificate: x509: certificate signed by unknown authority',
  explain: (evidence, seen) => ({
    title: `this client does not trust the authority with which whytls decrypts ${hostName(seen)}`,
    why: 'In intercept mode whytls shows a certificate of its own authority. This client was not told to trust it, so it refuses whytls; the host itself was found in order.',
    evidence: [
      { text: `the client sent the alert ${evidence.alert} (${evidence.code}) to whytls`, source: 'decrypted', ref: null },
      {
        text: 'the certificates of the host itself were accepted by the rules and with the roots of this client',
        source: 'verifier',
        ref: null,
      },
    ],
    fixes: [
      fix({
        title: 'look without decrypting: nothing has to be trusted then',
        scope: 'this-command',
        commands: ['whytls run -- go mod download'],
        checkedHow: 'needs a second run',
      }),
      fix({
        title: 'let this client trust the kept authority; it shows how, and how to take it back',
        scope: 'this-user',
        commands: ['whytls ca trust'],
        undo: ['whytls ca untrust'],
        checkedHow: 'needs a second run',
        risk: 'whoever gets the key of a kept authority can pretend to be any host to those who trust it',
      }),
    ],
    willNotHelp: [{ setting: 'GOINSECURE', because: 'the host itself is in order' }],
  }),
})

/** bad_certificate, certificate_unknown, unknown_ca: go sends 42, OpenSSL 48, GnuTLS 42 or 46. */
const REFUSALS: ReadonlySet<number> = new Set([42, 46, 48])
