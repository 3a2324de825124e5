/** How a machine is told to trust the kept authority, and how that is taken back. Text only: nothing here is done. Pure. */

import type { Shell } from '../diagnosis/remedy.ts'
import { commandLine, setVariable, unsetVariable } from '../diagnosis/remedy.ts'

export interface TrustRecipe {
  /** Whom it concerns. */
  readonly title: string
  readonly commands: readonly string[]
  readonly undo: readonly string[]
}

const NAME = 'whytls-local-authority'

/** The recipes of one system, the narrowest first. @param paths of the certificate, and of the bundle for one shell */
export function trustRecipes(
  platform: NodeJS.Platform,
  { certificate, bundle }: { readonly certificate: string; readonly bundle: string },
  shell: Shell,
): readonly TrustRecipe[] {
  if (platform === 'darwin') return [macRecipe(certificate)]
  if (platform === 'win32') return [windowsRecipe(certificate)]
  return [shellRecipe(bundle, shell), ...systemRecipes(certificate)]
}

/** go and curl read SSL_CERT_FILE, git GIT_SSL_CAINFO; nothing else of the machine changes. */
function shellRecipe(bundle: string, shell: Shell): TrustRecipe {
  const names = ['SSL_CERT_FILE', 'GIT_SSL_CAINFO']
  return {
    title: 'this shell only, without root (`whytls ca trust --do` writes the file)',
    commands: names.map((name) => setVariable(name, bundle, shell)),
    undo: [...names.map((name) => unsetVariable(name, shell)), 'whytls ca untrust --do'],
  }
}

function systemRecipes(certificate: string): readonly TrustRecipe[] {
  const debian = `/usr/local/share/ca-certificates/${NAME}.crt`
  const redHat = `/etc/pki/ca-trust/source/anchors/${NAME}.pem`
  return [
    {
      title: 'everybody on this machine (Debian, Ubuntu, Alpine)',
      commands: [commandLine(['sudo', 'cp', certificate, debian]), 'sudo update-ca-certificates'],
      undo: [`sudo rm ${debian}`, 'sudo update-ca-certificates --fresh'],
    },
    {
      title: 'everybody on this machine (Fedora, RHEL)',
      commands: [commandLine(['sudo', 'cp', certificate, redHat]), 'sudo update-ca-trust extract'],
      undo: [`sudo rm ${redHat}`, 'sudo update-ca-trust extract'],
    },
  ]
}

function macRecipe(certificate: string): TrustRecipe {
  return {
    title: 'your user (the login keychain; macOS asks for your password)',
    commands: [commandLine(['security', 'add-trusted-cert', '-r', 'trustRoot', '-p', 'ssl', certificate])],
    undo: [commandLine(['security', 'remove-trusted-cert', certificate])],
  }
}

function windowsRecipe(certificate: string): TrustRecipe {
  return {
    title: 'your user (Windows shows the certificate and asks)',
    commands: [commandLine(['certutil', '-user', '-addstore', 'Root', certificate], 'powershell')],
    undo: ['certutil -user -delstore Root "whytls local authority"'],
  }
}
