import { defineParentCase } from '../parent-case.ts'

/** An SSH server where the proxy should be. */
export const proxyNotHttp = defineParentCase({
  id: 'proxy-not-http',
  summary: 'what listens at HTTPS_PROXY is no HTTP proxy',
  behaviour: (socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'),
})
