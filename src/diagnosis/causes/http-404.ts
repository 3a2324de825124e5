import { shown } from '../captured.ts'
import { fix, variableFixes } from '../fixes.ts'
import { type HttpEvidence, type HttpWords, httpCause, NO_TOOLCHAIN } from '../http-cause.ts'
import type { Observation } from '../observation.ts'
import { targetName } from '../proxy-cause.ts'

/** 404 or 410: the module or version is not there. */
export const http404 = httpCause({
  id: 'http-404',
  meaning: 'TLS is fine; the server answered 404 or 410',
  recognise: ({ status }) => status === 404 || status === 410,
  words: (evidence, seen) => (NO_TOOLCHAIN.test(evidence.text) ? withoutToolchain(evidence, seen) : withoutModule(evidence, seen)),
})

function withoutModule({ status }: HttpEvidence, seen: Observation): HttpWords {
  return {
    title: `TLS is fine; ${targetName(seen)} answered ${status === 410 ? '410 Gone' : '404 Not Found'}`,
    why: 'The module or version is not on this server: it is misspelt, private, or was never fetched there.',
    fixes: [
      fix({
        title: 'look where go asks for modules',
        scope: 'this-user',
        commands: ['go env GOPROXY GOPRIVATE GONOPROXY'],
        checkedHow: 'needs to be known where the module lives',
      }),
    ],
  }
}

/** go fetches another version of itself as a module of the mirror, since go.mod or GOTOOLCHAIN asks for it. */
function withoutToolchain({ text }: HttpEvidence, seen: Observation): HttpWords {
  const [, version = 'this version', system = ''] = NO_TOOLCHAIN.exec(text) ?? []
  return {
    title: `TLS is fine; ${targetName(seen)} has no toolchain ${shown(version)} for ${shown(system)}`,
    why: `A go or toolchain line of go.mod (or go.work), or GOTOOLCHAIN, asks for ${shown(version)}, and go fetches it as the module golang.org/toolchain. Every mirror that GOPROXY names answered 404 or 410: there is no such version, or the mirror does not carry toolchains.`,
    fixes: [
      fix({
        title: 'look what asks for it, and where go looks',
        scope: 'this-command',
        commands: ['GOTOOLCHAIN=local go env GOMOD GOWORK GOPROXY'],
        shell: 'bash',
        checkedHow: 'this only looks: the go and toolchain lines stand in the files that it names',
      }),
      ...variableFixes('GOTOOLCHAIN', 'local', {
        title: 'use the go that is installed, in this shell (it refuses a go.mod that asks for a newer one)',
        checkedHow: 'needs a go.mod that this go may build',
      }),
    ],
  }
}
