/** Diagnoses and handshakes behind the golden files: made by the causes themselves from observations. */
import type { Diagnosis } from '../../src/contract/diagnosis.ts'
import type { Handshake, StageState } from '../../src/contract/handshake.ts'
import { type Leg, STAGES, type Stage } from '../../src/contract/terms.ts'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { Observation } from '../../src/diagnosis/observation.ts'
import type { HandshakeRow } from '../../src/store/store.ts'
import {
  alert,
  CLIENT_HELLO,
  completed,
  defect,
  ended,
  IN_TIME,
  observation,
  refusedUnread,
  reply,
  serverHello,
  verdict,
} from '../diagnosis/observation-builders.ts'

const NAME_TEXT =
  'tls: failed to verify certificate: x509: certificate is valid for goproxy.acme.example, *.mods.acme.example, not modproxy.example'

export const SEEN = {
  expired: refusedUnread(
    verdict([
      defect('cert-expired', { notAfter: '2026-11-19T12:00:00Z' }),
      defect('unknown-authority', {}, { certificate: null, subject: 'CN=Acme CA' }),
    ]),
    true,
    IN_TIME,
  ),
  silent: observation({ ending: ended('client', 'fin', 10_003), route: [{ kind: 'http-proxy', address: 'gw.acme.example:3128' }] }),
  name: refusedUnread(
    verdict([defect('cert-name-mismatch', { offered: 'goproxy.acme.example, *.mods.acme.example' })], { tlsText: NAME_TEXT }),
  ),
  missing: refusedUnread(verdict([defect('unknown-authority', { issuer: 'CN=Acme Issuing CA 3' })], { completedBy: ['ab'.repeat(32)] })),
  login: reply(407, 'Proxy Authentication Required', [
    ['Proxy-Authenticate', 'Negotiate'],
    ['Proxy-Authenticate', 'Basic realm="Acme"'],
  ]),
  clientCertificate: completed(
    {
      certificateRequest: { how: 'inferred', certificateTypes: [], signatureAlgorithms: [], certificateAuthorities: ['CN=Acme Device CA'] },
      serverAlertAfterFinished: true,
      clientAnswer: 'empty-certificate-and-finished',
      applicationRecords: { 'client-to-server': 2, 'server-to-client': 0 },
      alerts: [alert('server', 116, 'certificate_required', { beforeFinished: false })],
    },
    { outcome: 'failed', ending: ended('server', 'fin') },
  ),
} satisfies Record<string, Observation>

export type SampleName = keyof typeof SEEN

/** The diagnosis as the store hands it out. */
export function diagnosisOf(seen: Observation, parts: Partial<Diagnosis> = {}): Diagnosis {
  const draft = toDraft(diagnose(seen), seen)
  if (draft === undefined) throw new Error('this observation has no diagnosis')
  const { facts: _facts, ...rest } = draft
  return { id: 1, ...rest, handshakes: [412], count: 1, ...parts }
}

/** The handshake as the store hands it out. */
export function handshakeOf(seen: Observation, parts: Partial<Handshake> = {}): Handshake {
  const diagnosis = diagnose(seen)[0]
  return {
    id: 412,
    runId: 9,
    mode: 'observe',
    startedAt: '2026-11-22T13:44:02.000Z',
    durationMs: seen.ending?.afterHelloMs ?? 41,
    outcome: seen.outcome,
    target: seen.target,
    route: seen.route,
    client: { address: '127.0.0.1:50122', pid: 4711, process: 'go', roots: 'its own environment' },
    proxyConnect: seen.connect?.kind === 'answered' ? seen.connect.reply : null,
    probeOf: null,
    trials: [],
    records: [{ n: 1, dir: 'client-to-server', leg: 'upstream', atMs: 10.2, contentType: 22, version: '0x0301', lengthBytes: 1521 }],
    stages: stages(seen, diagnosis?.stage ?? null, diagnosis?.leg ?? null),
    waitingFor: null,
    clientHello: CLIENT_HELLO,
    serverHello: seen.transcript.serverHellos[0] ?? null,
    certificates: null,
    alerts: seen.transcript.alerts,
    closed: seen.ending === null ? null : { by: seen.ending.by, how: seen.ending.how, atMs: 10.2 + (seen.ending.afterHelloMs ?? 0) },
    bytes: { clientToServer: 1526, serverToClient: 0 },
    http: [],
    diagnosis: 1,
    ...parts,
  }
}

function stages(seen: Observation, failing: Stage | null, leg: Leg | null): readonly StageState[] {
  const dialLeg: Leg = seen.route.length > 0 ? 'parent' : 'upstream'
  const before: readonly (readonly [Leg, Stage])[] = [
    ['client', 'tcp'],
    ['client', 'proxy-connect'],
    [dialLeg, 'dns'],
    [dialLeg, 'tcp'],
    ...(seen.route.length > 0 ? [['parent', 'proxy-connect'] as const] : []),
  ]
  const all = [...before, ...STAGES.slice(3).map((stage) => ['upstream', stage] as const)]
  const failingAt = failing === null ? STAGES.length : STAGES.indexOf(failing)
  return all.map(([one, stage], index): StageState => {
    const at = STAGES.indexOf(stage)
    const status = stage === failing && one === leg ? 'failed' : one === 'client' || at < failingAt ? 'passed' : 'not-reached'
    return { stage, leg: one, status, source: 'wire', atMs: status === 'not-reached' ? null : index * 1.5, durationMs: null }
  })
}

export const ROW: HandshakeRow = {
  id: 418,
  seq: 1,
  runId: 9,
  mode: 'observe',
  startedAt: '2026-11-22T13:47:10.000Z',
  durationMs: 10_003,
  outcome: 'failed',
  host: 'modproxy.example',
  port: 443,
  leg: 'upstream',
  stage: 'certificate',
  cause: 'unknown-authority',
  title: 'x',
  version: null,
  alpn: null,
  group: null,
  issuer: null,
  ja4: null,
  waitingFor: null,
  probeOf: null,
  route: '',
  stages: stages(SEEN.expired, 'certificate', 'upstream'),
}

export { serverHello }
