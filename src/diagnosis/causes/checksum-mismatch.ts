import { fix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** `verifying m@v: checksum mismatch`, and the database's tree that does not fit (golang.org/x/mod/sumdb, tlog). */
export const checksumMismatch = httpCause({
  id: 'checksum-mismatch',
  meaning: 'TLS is fine; the module differs from go.sum or the checksum database',
  recognise: ({ text }, { line }) => DIFFERS.test(text) || DIFFERS.test(line),
  words: (_evidence, seen) => ({
    title: `TLS is fine; what ${targetName(seen)} sent is not what go.sum or the checksum database has`,
    why: 'The module was changed after it was first recorded: its author moved a tag, the mirror holds another copy, or someone changed it on the way. go is right to stop.',
    fixes: [
      fix({
        title: 'fetch it anew into an empty cache, to rule out a damaged copy on this disk',
        scope: 'this-command',
        shell: 'bash',
        commands: ['GOMODCACHE="$(mktemp -d)" go mod download'],
        checkedHow: 'needs a second download',
      }),
    ],
    willNotHelp: [
      { setting: 'GONOSUMDB or GOSUMDB=off', because: 'it takes away the check, not the difference; go.sum still has the old value' },
    ],
  }),
})

const DIFFERS =
  /checksum mismatch|checksum missing from sumdb response|verifying .*: (?:.*: )?(?:downloaded inconsistent tile|security error: misbehaving server|cannot authenticate record data|invalid transparency proof)/
