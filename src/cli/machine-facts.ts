/** What this machine's own files say of a failed connection: the hosts file, and git's settings where git made it. Remembered for each host for a while. */

import type { Observation } from '../diagnosis/observation.ts'
import { findHomeFolder } from '../host/home-folder.ts'
import { loadGitHttpSettings } from '../host/load-client-settings.ts'
import { readText } from '../host/setting-places.ts'
import { findHostsLine } from '../host/settings/hosts-file.ts'
import { locateHostsFile } from '../proxy/hosts-file.ts'
import { joinHostPort } from '../proxy/ip-address.ts'
import { bareAddress, type Connection } from '../recorder/connection.ts'
import { isRemote } from '../recorder/draft.ts'
import { isGits } from '../recorder/git-client.ts'
import { rememberBriefly } from './remember-briefly.ts'

/** The part of an observation that the machine's files give. */
export type MachineFacts = Pick<Observation, 'hostsEntry' | 'gitSettings'>

/** Look them up when a connection failed. @param gitEnvironment by which git goes */
export function lookUpFacts(gitEnvironment: (connection: Connection) => NodeJS.ProcessEnv): (connection: Connection) => MachineFacts {
  const remember: RememberSettings = rememberBriefly()
  return (connection) => {
    if (connection.outcome !== 'failed') return {}
    // Of another machine's git nothing is known here.
    const isOfHere = isGits(connection) && !isRemote(connection)
    return { ...hostsEntryOf(connection), ...(isOfHere ? gitSettingsOf(connection, gitEnvironment(connection), remember) : {}) }
  }
}

/** Only where it was used: not behind a parent proxy, which looks names up itself, nor for a mapped address. */
function hostsEntryOf(connection: Connection): Pick<MachineFacts, 'hostsEntry'> {
  const address = bareAddress(connection)
  if (address === null || connection.route.length > 0 || connection.resolvedBy !== null) return {}
  const path = locateHostsFile(process.platform, process.env['SystemRoot'])
  const line = findHostsLine(readText(path) ?? '', connection.start.host, address)
  return line === undefined ? {} : { hostsEntry: { path, line } }
}

function gitSettingsOf(
  { start, client }: Connection,
  env: NodeJS.ProcessEnv,
  remember: RememberSettings,
): Pick<MachineFacts, 'gitSettings'> {
  const url = `https://${joinHostPort(start.host, start.port)}/`
  const name = `${client?.pid ?? ''} ${url}`
  const found = remember(name, () => loadGitHttpSettings(env, url, env['HOME'] ?? findHomeFolder()))
  return found.length === 0 ? {} : { gitSettings: found }
}

type RememberSettings = ReturnType<typeof rememberBriefly<NonNullable<MachineFacts['gitSettings']>>>
