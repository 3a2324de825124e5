import { serverFix, variableFixes } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'
import { extendGodebug } from '../remedy.ts'

/** GOAWAY or RST_STREAM instead of an answer. */
export const http2Refused = httpCause({
  id: 'http2-refused',
  meaning: 'TLS is fine; the server takes connections but ends every HTTP/2 stream without an answer',
  recognise: ({ text }, { line }) => !/\bread "[^"]*": /.test(line) && GOODBYES.test(text),
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} ends the HTTP/2 session without an answer`,
    why: 'The server, or a gateway that speaks HTTP/2 in its name, ended the stream (GOAWAY or RST_STREAM). With GOAWAY(NO_ERROR) go connects again and again without a word.',
    fixes: [
      ...variableFixes('GODEBUG', extendGodebug(seen.go.godebug, 'http2client=0'), {
        title: 'let go speak HTTP/1.1 in this shell, to see whether that is answered',
        checkedHow: 'needs a second try with this setting',
      }),
      serverFix(seen, 'look why the HTTP/2 side of the server or gateway ends streams'),
    ],
  }),
})

/** net/http's words for a refused stream or session. */
const GOODBYES = /^(?:http2: (?:Transport received GOAWAY|server sent GOAWAY)|stream error: stream ID \d+; [A-Z_]+; received from peer)/
