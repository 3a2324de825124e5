import { defineHttpCase } from '../http-case.ts'
import { sendReply, textReply } from '../module-server.ts'

/** The server redirects to http://, which go refuses. */
export const redirectInsecure = defineHttpCase({
  id: 'redirect-insecure',
  summary: 'the server redirects to http://',
  answer: (request, response, authority) =>
    sendReply(response, textReply(302, 'this way', { location: `http://${authority}${request.url}` })),
})
