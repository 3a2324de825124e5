import { defineHttpCase } from '../http-case.ts'
import { sendReply } from '../module-server.ts'

/** A web page with status 200 where JSON should be. */
export const invalidModuleResponse = defineHttpCase({
  id: 'invalid-module-response',
  summary: 'the server answers with a web page',
  answer: (_request, response) =>
    sendReply(response, { status: 200, headers: { 'content-type': 'text/html' }, body: Buffer.from('<html>welcome</html>') }),
})
