import { defineParentCase } from '../parent-case.ts'

/** FIN instead of an answer to CONNECT. */
export const proxyClosed = defineParentCase({
  id: 'proxy-closed',
  summary: 'the parent proxy closes the connection on CONNECT',
  behaviour: (socket) => socket.end(),
})
