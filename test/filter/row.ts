import type { FilterableRow } from '../../src/filter/match.ts'

/** A failed handshake with every field. */
export const ROW: FilterableRow = {
  id: 418,
  runId: 9,
  mode: 'observe',
  startedAt: new Date(2026, 10, 22, 14, 10).toISOString(),
  durationMs: 10003.25,
  outcome: 'failed',
  host: 'modproxy.example',
  port: 443,
  leg: 'upstream',
  stage: 'certificate',
  cause: 'unknown-authority',
  title: 'The chain ends at an authority that go lacks',
  version: 'TLS 1.3',
  alpn: 'h2',
  group: 'X25519MLKEM768',
  issuer: 'CN=Acme Issuing CA,O=Acme,C=US',
  ja4: 't13d1312h2_f57a46bbacb6_ab7e3b40a677',
  route: 'gw.acme.example:3128',
}
