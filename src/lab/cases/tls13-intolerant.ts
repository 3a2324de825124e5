import { defineMiddleboxCase, tls13 } from '../middlebox.ts'

/** A ClientHello that offers TLS 1.3 is cut off. */
export const tls13Intolerant = defineMiddleboxCase({
  id: 'tls13-intolerant',
  summary: 'the connection is reset when TLS 1.3 is offered',
  cause: 'tls13-intolerant',
  dislikes: tls13,
  refusal: 'reset',
})
