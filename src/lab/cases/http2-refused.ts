import { defineH2RefusedCase } from '../h2-refused-case.ts'

/** GOAWAY(ENHANCE_YOUR_CALM) before any answer; go gives up at once. */
export const http2Refused = defineH2RefusedCase('http2-refused', 'the server ends every HTTP/2 connection without an answer', 11)
