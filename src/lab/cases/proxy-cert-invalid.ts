import { defineParentCase } from '../parent-case.ts'
import { tunnelToLoopback } from '../parent-proxy.ts'

/** An https proxy whose private CA the client does not trust. */
export const proxyCertInvalid = defineParentCase({
  id: 'proxy-cert-invalid',
  summary: 'the https parent proxy has a certificate of a CA that go does not trust',
  expect: { cause: 'proxy-cert-invalid', leg: 'parent', stage: 'certificate', confidence: 'certain' },
  behaviour: tunnelToLoopback,
  tls: { recipe: 'unknown-authority' },
})
