import { defineParentCase } from '../parent-case.ts'
import { refuseConnect } from '../parent-proxy.ts'

/** CONNECT is refused by policy. */
export const proxyForbidden = defineParentCase({
  id: 'proxy-forbidden',
  summary: 'the parent proxy answers CONNECT with 403',
  behaviour: refuseConnect('403 Forbidden', ['Server: lab-gateway', 'X-Block-Reason: category'], '<html>blocked by policy</html>'),
})
