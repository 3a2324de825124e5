import { defineMiddleboxCase, overOneSegment } from '../middlebox.ts'

/** ClientHellos of more than one TCP segment vanish, as in firewalls from before post-quantum key exchange. */
export const clientHelloTooLarge = defineMiddleboxCase({
  id: 'client-hello-too-large',
  summary: 'a ClientHello of more than 1,460 bytes is never answered',
  cause: 'client-hello-too-large',
  dislikes: overOneSegment,
  refusal: 'silence',
  refusedSince: '1.24',
})
