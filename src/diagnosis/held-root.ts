/** Fixes for an authority that this machine already holds somewhere go does not look. Pure. */
import type { Fix } from '../contract/diagnosis.ts'
import { shown } from './captured.ts'
import { fix, variableFixes } from './fixes.ts'
import type { HeldRoot, Observation } from './observation.ts'
import { commandLine, pathWord } from './remedy.ts'

/** What to do with each place that has the missing root; none where no place has it. */
export function heldRootFixes({ judged }: Observation): readonly Fix[] {
  return (judged?.heldBy ?? []).filter(({ path }) => pathWord(path) === path).flatMap(heldFixes)
}

function heldFixes(held: HeldRoot): readonly Fix[] {
  return held.kind === 'anchors' ? [updateFix(held)] : fileFixes(held)
}

/** It lies in the distribution's folder of own CAs; the list was not made anew since. */
function updateFix(held: HeldRoot): Fix {
  return fix({
    title: `take up the CA that already lies in ${shown(held.path)}`,
    scope: 'this-machine',
    os: 'linux',
    commands: [commandLine(['sudo', ...(UPDATE_COMMANDS[held.tool ?? 'update-ca-certificates'] ?? [])])],
    checked: false,
    checkedHow: held.completes ? 'the chain passes with this file; needs root to make the list anew' : 'needs root',
    risk: 'every program of this machine will trust what this CA signs',
  })
}

const UPDATE_COMMANDS: Readonly<Record<string, readonly string[]>> = {
  'update-ca-certificates': ['update-ca-certificates'],
  'update-ca-trust': ['update-ca-trust', 'extract'],
}

/** Another client of this machine trusts it: go can read the same file (on Unix; SSL_CERT_FILE replaces the file list, folders stay). */
function fileFixes(held: HeldRoot): readonly Fix[] {
  return variableFixes('SSL_CERT_FILE', held.path, {
    title: `let go read the list of ${shown(held.client)}, which has this CA`,
    checked: held.completes,
    checkedHow: held.completes ? 'with it go accepts the chain that came' : 'the file has a root of that name',
    risk: 'go then reads this file instead of the usual one; the folders stay',
  })
    .map((one) => ({ ...one, os: one.shell === 'bash' || one.shell === 'fish' ? 'linux' : one.os }))
    .filter(({ os }) => os === 'linux')
}
