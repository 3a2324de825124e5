import { shown } from '../captured.ts'
import { fix } from '../fixes.ts'
import type { ConnectOutcome, SocksOutcome } from '../observation.ts'
import { proxyCause, proxyName, reasonText, replyHeader } from '../proxy-cause.ts'
import { commandLine, isHost } from '../remedy.ts'

/** 407: the proxy wants a login before it opens a tunnel. */
export const proxyAuthRequired = proxyCause({
  id: 'proxy-auth-required',
  meaning: 'The proxy answered CONNECT with 407',
  fault: 'client-config',
  recognise(outcome) {
    if (outcome.kind === 'socks') return isSocksLogin(outcome) ? 'certain' : undefined
    if (outcome.kind !== 'answered') return undefined
    // Some small proxies refuse a wrong login by 401, as a web server does.
    return outcome.reply.status === 407 ? 'certain' : outcome.reply.status === 401 ? 'likely' : undefined
  },
  goText: reasonText,
  words: ({ proxy, outcome }, seen) => ({
    title: `proxy ${proxy} wants a login, TLS never began`,
    why: outcome.kind === 'socks' ? socksWhy(outcome) : `${offer(outcome)} ${whatGoCan(outcome)}`,
    fixes:
      outcome.kind === 'socks'
        ? loginFixes('socks5', proxyAddress(proxyName(seen)))
        : speaksBasic(outcome)
          ? loginFixes(seen.route[0]?.kind === 'https-proxy' ? 'https' : 'http', proxyAddress(proxyName(seen)))
          : helperFixes(outcome, proxyAddress(proxyName(seen))),
  }),
})

/** It takes none of the offered ways to log in, or not this user and password. */
function isSocksLogin({ step, goText }: SocksOutcome): boolean {
  return goText !== '' && step !== 'request'
}

function socksWhy({ step, code, hasLogin }: SocksOutcome): string {
  if (step === 'login') return `It refused the user and password in HTTPS_PROXY (status ${code}).`
  if (!hasLogin)
    return 'It takes nobody without a login, and HTTPS_PROXY names no user. go can send a user and a password (RFC 1929), nothing else.'
  return code === NO_METHOD
    ? 'It takes neither a client without a login nor user and password (RFC 1929), the only ways that go has: perhaps GSSAPI (Kerberos).'
    : `It chose the login method ${code}, which go does not know.`
}

const NO_METHOD = 0xff

function whatGoCan(outcome: ConnectOutcome): string {
  const can = 'go can send a user and a password (Basic) from the URL in HTTPS_PROXY, nothing else.'
  if (speaksBasic(outcome)) return can
  const names = schemes(outcome).map((name) => name.toLowerCase())
  const ticket = names.some((name) => name === 'negotiate' || name === 'kerberos' || name === 'ntlm')
  const how = ticket
    ? 'NTLM, Negotiate and Kerberos are the login of a Windows domain: a local helper that logs in for go (px with your Windows or Kerberos login, cntlm with an NTLM hash) listens on this machine, and HTTPS_PROXY names it.'
    : 'A local helper must log in for go, and HTTPS_PROXY name it; or ask for an account that may use Basic.'
  return `${can} ${how}`
}

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

function loginFixes(scheme: 'http' | 'https' | 'socks5', address: string) {
  const parts = {
    title: 'name your user in HTTPS_PROXY; characters like @ : / in the password must be %-encoded',
    checkedHow: 'needs your password',
    risk: 'the password is readable in the environment of this shell and of what it starts',
  } as const
  return [
    fix({
      ...parts,
      shell: 'bash',
      commands: [`read -rs P && export HTTPS_PROXY="${scheme}://$USER:$P@${address}"`],
      undo: ['unset HTTPS_PROXY P'],
    }),
    fix({
      ...parts,
      shell: 'fish',
      commands: [`read -s P; set -gx HTTPS_PROXY "${scheme}://$USER:$P@${address}"`],
      undo: ['set -e HTTPS_PROXY P'],
    }),
    fix({
      ...parts,
      shell: 'powershell',
      os: 'windows',
      commands: [`$c = Get-Credential; $env:HTTPS_PROXY = "${scheme}://$($c.UserName):$($c.GetNetworkCredential().Password)@${address}"`],
      undo: ['Remove-Item Env:HTTPS_PROXY'],
    }),
  ]
}

/** px logs in with what the system has; cntlm wants a hash in its own file. Both forward to the proxy that refused. */
function helperFixes(outcome: ConnectOutcome, address: string) {
  const parts = {
    env: { HTTPS_PROXY: 'http://127.0.0.1:3128' },
    undo: ['unset HTTPS_PROXY'],
    checkedHow: 'needs the helper on port 3128 and your own login',
  } as const
  const start = 'export HTTPS_PROXY=http://127.0.0.1:3128'
  const names = schemes(outcome).map((name) => name.toLowerCase())
  const px = fix({
    ...parts,
    title: 'run px beside go: it logs in with the Windows login or the Kerberos ticket (kinit first on Linux and macOS)',
    shell: 'bash',
    commands: [commandLine(['px', `--proxy=${address}`, '--listen=127.0.0.1', '--port=3128']), start],
  })
  const cntlm = fix({
    ...parts,
    title: 'or run cntlm, which knows NTLM (-I asks for the password)',
    shell: 'bash',
    commands: [commandLine(['cntlm', '-l', '127.0.0.1:3128', '-I', '-u', 'USER@DOMAIN', address]), start],
  })
  return names.includes('ntlm') ? [px, cntlm] : [px]
}
