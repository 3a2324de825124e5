import { defineHttpCase } from '../http-case.ts'
import { respondAsModuleProxy, sendReply, sendTruncated } from '../module-server.ts'

/** The zip is announced whole and ends after forty octets. */
export const bodyTruncated = defineHttpCase({
  id: 'body-truncated',
  summary: 'the body of the module’s zip ends early',
  answer(request, response) {
    const path = request.url ?? '/'
    if (path.endsWith('.zip')) sendTruncated(response, respondAsModuleProxy(path), 40)
    else sendReply(response, respondAsModuleProxy(path))
  },
})
