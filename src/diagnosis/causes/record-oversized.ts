import { shownHost } from '../captured.ts'
import { defineCause } from '../cause.ts'
import { networkFix } from '../fixes.ts'
import { stageOfDeath } from '../refusal.ts'
import { inCount } from '../units.ts'

/** A record header of the server announces more than TLS allows, so that nothing behind it can be read. */
export const recordOversized = defineCause({
  id: 'record-oversized',
  meaning: 'A record header announces more than TLS allows',
  fault: 'upstream',
  detect(seen) {
    const stop = seen.transcript.stoppedAt['server-to-client']
    if (seen.outcome !== 'failed' || stop === null || stop.kind !== 'record-too-long') return undefined
    const evidence = { lengthBytes: announcedBytes(stop.why), offset: stop.offset }
    return { evidence, leg: 'upstream', stage: stageOfDeath(seen), confidence: 'certain' }
  },
  goText: ({ lengthBytes }) => (lengthBytes === null ? undefined : `tls: oversized record received with length ${lengthBytes}`),
  explain: ({ lengthBytes, offset }, seen) => ({
    title: `${shownHost(seen.target.host, seen.target.port)} sent a record that is longer than TLS allows`,
    why: `A record's header announces ${lengthBytes === null ? 'more' : `${inCount(lengthBytes)} bytes, more`} than TLS allows (16,384 and some for encryption). The octets are not what a TLS server wrote: another protocol on this port, or a device that lost or changed a part of the stream.`,
    evidence: [
      {
        text: `header at byte ${inCount(offset)} of the answer${lengthBytes === null ? '' : ` announces ${inCount(lengthBytes)} bytes`}`,
        source: 'wire',
        ref: null,
      },
    ],
    fixes: [networkFix(seen, 'find out who breaks the stream: the server, or a device on the path')],
  }),
})

/** The length in the reader's words, "record of 65535 octets, …". */
function announcedBytes(why: string): number | null {
  const length = /\brecord of (\d+) octets/.exec(why)?.[1]
  return length === undefined ? null : Number(length)
}
