import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** A redirect from https to http, which go does not follow. */
export const redirectInsecure = httpCause({
  id: 'redirect-insecure',
  meaning: 'TLS is fine; the server redirects to http://, which go refuses',
  recognise: ({ text }) => /^redirected from secure URL .* to insecure URL /.test(text),
  shownBy: 'insecure-redirect',
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} redirects to plain http, which go refuses`,
    why: 'go never goes from https to http. A load balancer that ends TLS often makes such redirects: the program behind it believes that it is asked by http. A sign-in page of the network does it too.',
    fixes: [serverFix(seen, 'make the redirect an https one (X-Forwarded-Proto)')],
    alsoPossible: [{ cause: 'captive-portal', confidence: 'possible', test: 'whytls show --full' }],
  }),
})
