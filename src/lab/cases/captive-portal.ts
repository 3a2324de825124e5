import { defineParentCase } from '../parent-case.ts'
import { refuseConnect } from '../parent-proxy.ts'

/** The network wants a sign-in first: CONNECT is redirected to its page. */
export const captivePortal = defineParentCase({
  id: 'captive-portal',
  summary: 'CONNECT is answered with a redirect to a sign-in page',
  behaviour: refuseConnect(
    '302 Found',
    ['Location: http://login.hotel-wifi.example/welcome?mac=00-11'],
    '<html><title>Guest access</title>Please sign in</html>',
  ),
})
