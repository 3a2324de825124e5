import { defineParentCase } from '../parent-case.ts'

/** RST instead of an answer to CONNECT. */
export const proxyReset = defineParentCase({
  id: 'proxy-reset',
  summary: 'the parent proxy resets the connection on CONNECT',
  behaviour: (socket) => socket.resetAndDestroy(),
})
