import { defineParentCase } from '../parent-case.ts'
import { refuseConnect } from '../parent-proxy.ts'

/** CONNECT is answered with 407; of the three schemes go speaks only Basic. */
export const proxyAuthRequired = defineParentCase({
  id: 'proxy-auth-required',
  summary: 'the parent proxy wants a login',
  behaviour: refuseConnect(
    '407 Proxy Authentication Required',
    ['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: NTLM', 'Proxy-Authenticate: Basic realm="Lab Gateway"'],
    '<html>log in first</html>',
  ),
})
