/** Which system and shell the fixes are for. */
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
