/** Which system and shell the fixes are for. */
import { readFileSync } from 'node:fs'
import type { LinuxFamily } from '../contract/diagnosis.ts'
import type { Shell } from '../diagnosis/remedy.ts'

/** The system that whytls runs on. */
export function localSystem(): 'linux' | 'macos' | 'windows' {
  if (process.platform === 'win32') return 'windows'
  return process.platform === 'darwin' ? 'macos' : 'linux'
}

/** The user's shell, from $SHELL; PowerShell on Windows unless another one is named. */
export function localShell(env: NodeJS.ProcessEnv, platform: string = process.platform): Shell {
  const shell = env['SHELL'] ?? ''
  if (shell.endsWith('fish')) return 'fish'
  return platform === 'win32' && shell === '' ? 'powershell' : 'bash'
}

/** The family of this Linux as /etc/os-release tells it, ready to be spread into a block's input; empty where it is none of ours. */
export function localFamily(path = '/etc/os-release'): { readonly family?: LinuxFamily } {
  try {
    const family = familyOf(readFileSync(path, 'utf8'))
    return family === null ? {} : { family }
  } catch {
    return {}
  }
}

/** The family that ID and ID_LIKE of an os-release file name (os-release(5)). */
export function familyOf(osRelease: string): LinuxFamily | null {
  const named = osRelease.split('\n').flatMap((line) => /^(?:ID|ID_LIKE)=["']?([^"'\r]*)["']?\s*$/.exec(line)?.[1]?.split(' ') ?? [])
  const words = new Set(named)
  if (words.has('alpine')) return 'alpine'
  if (words.has('debian') || words.has('ubuntu')) return 'debian'
  return words.has('fedora') || words.has('rhel') || words.has('centos') ? 'fedora' : null
}
