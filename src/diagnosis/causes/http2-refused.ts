import { type Cause, defineCause } from '../cause.ts'
import { serverFix, variableFixes } from '../fixes.ts'
import { httpCause, NO_HELP_AFTER_TLS } from '../http-cause.ts'
import type { Observation } from '../observation.ts'
import { targetName } from '../proxy-cause.ts'
import { extendGodebug } from '../remedy.ts'
import { inCount, inTime } from '../units.ts'

const WHAT = {
  id: 'http2-refused',
  meaning: 'TLS is fine; the server takes connections but ends every HTTP/2 stream without an answer',
  fault: 'upstream',
} as const

/** go gives up and says so. */
const byWords = httpCause({
  ...WHAT,
  recognise: ({ text }, { line }) => !/\bread "[^"]*": /.test(line) && GOODBYES.test(text),
  shownBy: 'http2-refused',
  words: (_evidence, seen) => ({
    title: `TLS is fine; ${targetName(seen)} ends the HTTP/2 session without an answer`,
    why: 'The server, or a gateway that speaks HTTP/2 in its name, ended the stream (GOAWAY or RST_STREAM). With GOAWAY(NO_ERROR) go connects again and again without a word.',
    fixes: refusalFixes(seen),
  }),
})

/** go never gives up: the same request goes out again and again, each time in a new session. */
const byReturning = defineCause({
  ...WHAT,
  detect({ cameBack, outcome }) {
    if (cameBack === undefined || outcome !== 'failed') return undefined
    return { evidence: cameBack, leg: 'upstream', stage: 'application-data', confidence: 'likely' }
  },
  goText: () => undefined,
  explain: ({ times, overMs }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} ends every HTTP/2 session unanswered, and go tries for ever`,
    why: 'A server that says goodbye without blame (GOAWAY with NO_ERROR, or RST_STREAM with PROTOCOL_ERROR) makes go ask again at once in a new connection, without a limit and without a word: the command seems to hang.',
    evidence: [
      {
        text: `${inCount(times)} sessions with a request of the same length in ${inTime(overMs)}, one right behind the other: go asks the same each time`,
        source: 'wire',
        ref: null,
      },
      {
        text: 'in each the handshake was complete, and what came behind the request is too short for an answer: control frames of HTTP/2',
        source: 'inferred',
        ref: null,
      },
    ],
    fixes: refusalFixes(seen),
    willNotHelp: NO_HELP_AFTER_TLS,
    notChecked: ['the frames themselves, which TLS encrypts: whytls run --intercept shows them'],
  }),
})

/** GOAWAY or RST_STREAM instead of an answer. */
export const http2Refused: Cause<'http2-refused'> = {
  ...byWords,
  examine: (seen) => byWords.examine(seen) ?? byReturning.examine(seen),
}

function refusalFixes(seen: Observation) {
  return [
    ...variableFixes(
      'GODEBUG',
      extendGodebug(seen.go.godebug, 'http2client=0'),
      {
        title: 'let go speak HTTP/1.1 in this shell, to see whether that is answered',
        checkedHow: 'needs a second try with this setting',
      },
      seen.go.godebug,
    ),
    serverFix(seen, 'look why the HTTP/2 side of the server or gateway ends streams'),
  ]
}

/** net/http's words for a refused stream or session. */
const GOODBYES = /^(?:http2: (?:Transport received GOAWAY|server sent GOAWAY)|stream error: stream ID \d+; [A-Z0-9_]+; received from peer)/
