import { shown } from '../captured.ts'
import { fix } from '../fixes.ts'
import type { ConnectOutcome } from '../observation.ts'
import { proxyCause, proxyName, reasonText, replyHeader } from '../proxy-cause.ts'
import { isHost } from '../remedy.ts'

/** 407: the proxy wants a login before it opens a tunnel. */
export const proxyAuthRequired = proxyCause({
  id: 'proxy-auth-required',
  meaning: 'The proxy answered CONNECT with 407',
  fault: 'client-config',
  recognise: (outcome) => (outcome.kind === 'answered' && outcome.reply.status === 407 ? 'certain' : undefined),
  goText: reasonText,
  words: ({ proxy, outcome }, seen) => ({
    title: `proxy ${proxy} wants a login, TLS never began`,
    why: `${offer(outcome)} go can send a user and a password (Basic) from the URL in HTTPS_PROXY, nothing else.${speaksBasic(outcome) ? '' : ' For the schemes offered, run a local helper that logs in, such as px or cntlm, and let HTTPS_PROXY name it.'}`,
    fixes: speaksBasic(outcome) ? loginFixes(proxyAddress(proxyName(seen))) : helperFixes(),
  }),
})

function offer(outcome: ConnectOutcome): string {
  const names = schemes(outcome)
  return names.length === 0 ? 'It names no way to log in.' : `It offers: ${names.map(shown).join(', ')}.`
}

/** First words of each Proxy-Authenticate value. */
function schemes(outcome: ConnectOutcome): readonly string[] {
  const words = replyHeader(outcome, 'Proxy-Authenticate').flatMap((value) => value.split(/,\s*(?=[A-Za-z-]+(?:\s|$))/))
  return [...new Set(words.map((value) => value.trim().split(/\s/)[0] ?? '').filter((word) => /^[A-Za-z-]{2,20}$/.test(word)))]
}

function speaksBasic(outcome: ConnectOutcome): boolean {
  const names = schemes(outcome)
  return names.length === 0 || names.some((name) => name.toLowerCase() === 'basic')
}

/** host:port of the proxy where it is safe in a command, else a placeholder. */
function proxyAddress(address: string): string {
  const match = /^(.*):(\d{1,5})$/.exec(address)
  return match?.[1] !== undefined && isHost(match[1]) && !match[1].includes(':') ? address : 'PROXY:PORT'
}

function loginFixes(address: string) {
  const parts = {
    title: 'name your user in HTTPS_PROXY; characters like @ : / in the password must be %-encoded',
    checkedHow: 'needs your password',
    risk: 'the password is readable in the environment of this shell and of what it starts',
  } as const
  return [
    fix({
      ...parts,
      shell: 'bash',
      commands: [`read -rs P && export HTTPS_PROXY="http://$USER:$P@${address}"`],
      undo: ['unset HTTPS_PROXY P'],
    }),
    fix({
      ...parts,
      shell: 'fish',
      commands: [`read -s P; set -gx HTTPS_PROXY "http://$USER:$P@${address}"`],
      undo: ['set -e HTTPS_PROXY P'],
    }),
    fix({
      ...parts,
      shell: 'powershell',
      os: 'windows',
      commands: [`$c = Get-Credential; $env:HTTPS_PROXY = "http://$($c.UserName):$($c.GetNetworkCredential().Password)@${address}"`],
      undo: ['Remove-Item Env:HTTPS_PROXY'],
    }),
  ]
}

function helperFixes() {
  return [
    fix({
      title: 'run a local helper that logs in, then name it',
      shell: 'bash',
      commands: ['export HTTPS_PROXY=http://127.0.0.1:3128'],
      env: { HTTPS_PROXY: 'http://127.0.0.1:3128' },
      undo: ['unset HTTPS_PROXY'],
      checkedHow: 'needs the helper (px, cntlm) on port 3128',
    }),
  ]
}
