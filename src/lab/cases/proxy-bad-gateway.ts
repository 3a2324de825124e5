import { defineParentCase } from '../parent-case.ts'
import { refuseConnect } from '../parent-proxy.ts'

/** CONNECT is answered with 502. */
export const proxyBadGateway = defineParentCase({
  id: 'proxy-bad-gateway',
  summary: 'the parent proxy cannot reach the host',
  behaviour: refuseConnect('502 Bad Gateway', ['Server: lab-gateway'], '<html>the host did not answer</html>'),
})
