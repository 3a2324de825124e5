import { defineH2RefusedCase } from '../h2-refused-case.ts'

/** GOAWAY(ENHANCE_YOUR_CALM) instead of an answer to the first request; go gives up at once. */
export const http2Refused = defineH2RefusedCase('http2-refused', 'the server ends every HTTP/2 connection without an answer', {
  frame: 'GOAWAY',
  lastStream: 1,
  errorCode: 11,
})
