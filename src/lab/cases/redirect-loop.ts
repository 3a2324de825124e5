import { defineHttpCase } from '../http-case.ts'
import { sendReply, textReply } from '../module-server.ts'

/** The server redirects to itself; go stops after ten redirects. */
export const redirectLoop = defineHttpCase({
  id: 'redirect-loop',
  summary: 'the server redirects to itself',
  answer: (request, response, authority) =>
    sendReply(response, textReply(302, 'this way', { location: `https://${authority}${request.url}` })),
})
