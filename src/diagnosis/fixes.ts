/** Fixes and folklore that several causes share. Every command comes from `remedy.ts`. */
import type { Fix } from '../contract/diagnosis.ts'
import type { Observation } from './observation.ts'
import { probeCommand, SHELLS, type Shell, setVariable, unsetVariable } from './remedy.ts'

/** A fix with what is left out filled in: by you, in this shell, not checked. */
export function fix(parts: Partial<Fix> & Pick<Fix, 'title'>): Fix {
  return {
    who: 'you',
    scope: 'this-shell',
    os: 'any',
    shell: 'any',
    commands: [],
    env: {},
    undo: [],
    checked: false,
    checkedHow: 'nothing was changed yet',
    risk: null,
    ...parts,
  }
}

/** Something that only the owner of the server can do, with the command that shows whether it helped. */
export function serverFix(seen: Observation, title: string, parts: Partial<Fix> = {}): Fix {
  return fix({
    title,
    who: 'server-owner',
    scope: 'server',
    commands: [probeCommand(seen.target.host, seen.target.port)],
    checkedHow: "needs the server's owner; then this tests it",
    ...parts,
  })
}

/** Something that the network's people must do, with the command that shows whether it helped. */
export function networkFix(seen: Observation, title: string, parts: Partial<Fix> = {}): Fix {
  return serverFix(seen, title, {
    who: 'your-network',
    scope: 'this-machine',
    checkedHow: 'needs your network team; then this tests it',
    ...parts,
  })
}

/**
 * One fix per shell that sets a variable for go in that shell.
 * @param before its present value, which the undo gives back; "" where it is unset
 */
export function variableFixes(name: string, value: string, parts: Partial<Fix> & Pick<Fix, 'title'>, before = ''): readonly Fix[] {
  return SHELLS.map((shell) =>
    fix({
      ...parts,
      shell,
      os: shell === 'powershell' || shell === 'cmd' ? 'windows' : 'any',
      commands: [setVariable(name, value, shell)],
      env: { [name]: value },
      undo: [isRestorable(before) ? setVariable(name, before, shell) : unsetVariable(name, shell)],
    }),
  )
}

/** A fix of this shell that no value is needed for. @param parts `unset`: the variable that the undo takes away again */
export function variableFix(shell: Shell, { unset, ...parts }: Partial<Fix> & Pick<Fix, 'title'> & { readonly unset?: string }): Fix {
  const undo = unset === undefined ? {} : { undo: [unsetVariable(unset, shell)] }
  return fix({ ...parts, ...undo, shell, os: shell === 'powershell' || shell === 'cmd' ? 'windows' : 'any' })
}

/** A plain list of settings, as GODEBUG has it; anything else is not put into a command. */
function isRestorable(before: string): boolean {
  return /^[a-z0-9]+=[A-Za-z0-9.]+(?:,[a-z0-9]+=[A-Za-z0-9.]+)*$/.test(before)
}

/** Add a CA that the user got from a person, not from the wire, to the stores that go reads. */
export function trustFixes(whose: string): readonly Fix[] {
  const parts = {
    scope: 'this-machine',
    checkedHow: `needs the CA's file from ${whose}; compare its SHA-256 with them first`,
    risk: 'every program of this machine will trust what this CA signs',
  } as const
  return [
    fix({
      ...parts,
      title: 'add the CA to the store of Debian, Ubuntu or Alpine',
      os: 'linux',
      families: ['debian', 'alpine'],
      commands: ['sudo cp ca.pem /usr/local/share/ca-certificates/ca.crt', 'sudo update-ca-certificates'],
      undo: ['sudo rm /usr/local/share/ca-certificates/ca.crt', 'sudo update-ca-certificates --fresh'],
    }),
    fix({
      ...parts,
      title: 'add the CA to the store of Fedora or RHEL',
      os: 'linux',
      families: ['fedora'],
      commands: ['sudo cp ca.pem /etc/pki/ca-trust/source/anchors/ca.pem', 'sudo update-ca-trust extract'],
      undo: ['sudo rm /etc/pki/ca-trust/source/anchors/ca.pem', 'sudo update-ca-trust extract'],
    }),
    fix({
      ...parts,
      title: 'where go runs in a container: in the Dockerfile (Debian, Ubuntu, Alpine), in the stage that downloads, before it does',
      scope: 'this-command',
      os: 'linux',
      commands: ['COPY ca.pem /usr/local/share/ca-certificates/ca.crt', 'RUN update-ca-certificates'],
      risk: 'every program of that image will trust what this CA signs',
    }),
    fix({
      ...parts,
      title: 'add the CA to the login keychain (go up to 1.26 ignores SSL_CERT_FILE here)',
      os: 'macos',
      commands: ['security add-trusted-cert -r trustRoot -k ~/Library/Keychains/login.keychain-db ca.pem'],
      undo: ['security remove-trusted-cert ca.pem'],
    }),
    fix({
      ...parts,
      title: 'add the CA to your Windows store (go up to 1.26 ignores SSL_CERT_FILE here)',
      os: 'windows',
      commands: ['certutil -user -addstore Root ca.pem'],
      undo: ['certutil -user -delstore Root SERIAL'],
    }),
  ]
}

/** Install or repair the list of public roots. */
export function rootListFixes(): readonly Fix[] {
  const parts = { scope: 'this-machine', checkedHow: 'needs root and your package mirror' } as const
  return [
    fix({
      ...parts,
      title: 'install the public roots (Debian, Ubuntu)',
      os: 'linux',
      families: ['debian'],
      commands: ['sudo apt-get install --reinstall -y ca-certificates'],
    }),
    fix({
      ...parts,
      title: 'install the public roots (Alpine)',
      os: 'linux',
      families: ['alpine'],
      commands: ['sudo apk add --no-cache ca-certificates'],
    }),
    fix({
      ...parts,
      title: 'install the public roots (Fedora, RHEL)',
      os: 'linux',
      families: ['fedora'],
      commands: ['sudo dnf reinstall -y ca-certificates'],
    }),
    fix({
      ...parts,
      title:
        'where go runs in a container: in the Dockerfile, in the stage that downloads (Alpine: RUN apk add --no-cache ca-certificates)',
      scope: 'this-command',
      os: 'linux',
      commands: ['RUN apt-get update && apt-get install -y ca-certificates'],
      checkedHow: 'needs your package mirror',
    }),
  ]
}

/** Settings that people try against certificate errors and that change nothing about them. */
export const NO_HELP_FOR_CERTIFICATES = [
  { setting: 'GOINSECURE', because: 'go reads it for direct ?go-get=1 discovery only, never for GOPROXY or the checksum database' },
  { setting: 'GOSUMDB=off', because: 'it skips the checksum database, the TLS to the module server stays as strict' },
  { setting: 'GIT_SSL_NO_VERIFY', because: 'only git reads it; go makes its own TLS connections' },
] as const

/** The same for failures before any certificate was judged. */
export const NO_HELP_FOR_CONNECTIONS = [
  { setting: 'GOINSECURE', because: 'it does not change how go reaches GOPROXY or the checksum database' },
  { setting: 'GOSUMDB=off', because: 'it skips the checksum database only' },
] as const

/** The same for a parent proxy that refuses. */
export const NO_HELP_FOR_PROXIES = [
  { setting: 'GOINSECURE', because: 'it does not change how go reaches a proxy' },
  { setting: 'GOPROXY', because: 'it names module mirrors; the HTTP proxy is named by HTTPS_PROXY' },
] as const
