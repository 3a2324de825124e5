/** Where on this machine variables are set: shell profiles, environment files, go's own file. Reads the disk, never throws. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readRegularFile } from './ca-store/linux.ts'
import { findHomeFolder } from './home-folder.ts'
import { type Assignment, findAssignments } from './settings/places.ts'

/** An assignment and the file that holds it. */
export interface SettingPlace extends Assignment {
  /** The home folder is written as ~. */
  readonly path: string
}

export interface PlacesMachine {
  readonly home: string
  readonly platform: string
  /** The file that `go env GOENV` names; null where there is none. */
  readonly goEnvFile: string | null
}

/** This machine. */
export function describePlaces(goEnvFile: string | null): PlacesMachine {
  return { home: findHomeFolder(), platform: process.platform, goEnvFile }
}

/** Every place that sets one of these variables, in the order in which they are usually read. */
export function loadSettingPlaces(variables: readonly string[], machine: PlacesMachine): readonly SettingPlace[] {
  return listFiles(machine).flatMap((path) => {
    const text = readText(path)
    if (text === null || !variables.some((variable) => text.includes(variable))) return []
    return findAssignments(text, variables).map((found) => ({ ...found, path: shorten(path, machine.home) }))
  })
}

/** The places that set a variable to the value that is in force, for the evidence and the fixes of causes. */
export function findWhereSet(variable: string, value: string, machine: PlacesMachine = describePlaces(null)): readonly SettingPlace[] {
  return value === '' ? [] : placesOf(variable, value, loadSettingPlaces([variable], machine))
}

/** Of these places, the ones that set this variable to this value. */
export function placesOf(variable: string, value: string, places: readonly SettingPlace[]): readonly SettingPlace[] {
  return places.filter((place) => place.variable === variable && place.value !== '' && isSameValue(place.value, value))
}

/** A value in a profile may refer to other variables; what is masked on one side is compared without its user information. */
function isSameValue(written: string, inForce: string): boolean {
  const bare = (text: string) => text.replace(/:\/\/[^/]*@/, '://')
  return written.includes('$') || bare(written) === bare(inForce)
}

/** A small text file; null where it is none or cannot be read. */
export function readText(path: string): string | null {
  try {
    const octets = readRegularFile(path)
    return octets.length > MOST_BYTES ? null : Buffer.from(octets).toString('utf8')
  } catch {
    return null
  }
}

/** A path with the home folder as ~. */
export function shorten(path: string, home: string): string {
  return home !== '' && path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path
}

const MOST_BYTES = 1 << 20

const OF_MACHINE = [
  '/etc/environment',
  '/etc/profile',
  '/etc/bash.bashrc',
  '/etc/bashrc',
  '/etc/zshenv',
  '/etc/zsh/zshenv',
  '/etc/zsh/zprofile',
]
const FOLDERS_OF_MACHINE = ['/etc/profile.d', '/etc/environment.d', '/etc/systemd/system.conf.d']
const OF_USER = [
  '.profile',
  '.bash_profile',
  '.bash_login',
  '.bashrc',
  '.bash_aliases',
  '.zshenv',
  '.zprofile',
  '.zshrc',
  '.cshrc',
  '.tcshrc',
  '.pam_environment',
  '.config/fish/config.fish',
  '.config/powershell/profile.ps1',
  '.config/powershell/Microsoft.PowerShell_profile.ps1',
]
const FOLDERS_OF_USER = ['.config/environment.d', '.config/fish/conf.d', '.config/systemd/user.conf.d']

function listFiles({ home, platform, goEnvFile }: PlacesMachine): readonly string[] {
  const own = goEnvFile === null || goEnvFile === 'off' ? [] : [goEnvFile]
  if (platform === 'win32') {
    return ['Documents/PowerShell', 'Documents/WindowsPowerShell']
      .map((folder) => join(home, folder, 'Microsoft.PowerShell_profile.ps1'))
      .concat(own)
  }
  return [
    ...OF_MACHINE,
    ...FOLDERS_OF_MACHINE.flatMap(filesIn),
    ...OF_USER.map((name) => join(home, name)),
    ...FOLDERS_OF_USER.flatMap((name) => filesIn(join(home, name))),
    ...own,
  ]
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(?:sh|conf|fish|csh)$/.test(name))
      .sort()
      .map((name) => join(folder, name))
  } catch {
    return []
  }
}
