import type { LabCase } from '../case.ts'
import { defineHttpCase } from '../http-case.ts'
import { respondAsModuleProxy, sendReply, sendTruncated } from '../module-server.ts'

/** The zip is announced whole and ends after forty octets. */
export const bodyTruncated = defineTruncatedCase('body-truncated', 'the body of the module’s zip ends early', 'http/1.1')

/** The same by either HTTP version: the connection is cut, or the stream is reset. */
export function defineTruncatedCase(id: string, summary: string, http: 'h2' | 'http/1.1'): LabCase {
  return defineHttpCase({
    id,
    summary,
    http,
    expect: { cause: 'body-truncated', leg: 'upstream', stage: 'application-data', needsWitness: true },
    answer(request, response) {
      const path = request.url ?? '/'
      if (path.endsWith('.zip')) sendTruncated(response, respondAsModuleProxy(path), 40)
      else sendReply(response, respondAsModuleProxy(path))
    },
  })
}
