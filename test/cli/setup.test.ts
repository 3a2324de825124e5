import { describe, expect, it } from 'vitest'
import { describeSetup, ownShell, shells } from '../../src/cli/setup.ts'

const PROXY = 'http://127.0.0.1:8877'

describe('the line for the shell', () => {
  it.each([
    ['/bin/bash', 'linux', `export HTTPS_PROXY=${PROXY}`, 'unset HTTPS_PROXY'],
    ['/usr/bin/zsh', 'darwin', `export HTTPS_PROXY=${PROXY}`, 'unset HTTPS_PROXY'],
    ['/usr/bin/fish', 'linux', `set -gx HTTPS_PROXY ${PROXY}`, 'set -e HTTPS_PROXY'],
    [undefined, 'linux', `export HTTPS_PROXY=${PROXY}`, 'unset HTTPS_PROXY'],
    [undefined, 'win32', `$env:HTTPS_PROXY = "${PROXY}"`, 'Remove-Item Env:HTTPS_PROXY'],
    ['/usr/bin/bash', 'win32', `export HTTPS_PROXY=${PROXY}`, 'unset HTTPS_PROXY'],
  ])('of SHELL=%s on %s is %s', (shell, platform, command, undo) => {
    const own = ownShell(shell === undefined ? {} : { SHELL: shell }, platform, PROXY)
    expect(own.commands).toEqual([command])
    expect(own.undo).toEqual([undo])
  })
  it('is known for four shells, each with its undo', () => {
    for (const { commands, undo } of shells(PROXY)) {
      expect(commands.join('\n')).toContain(PROXY)
      expect(undo.join('\n')).toContain('HTTPS_PROXY')
      expect(undo.join('\n')).not.toContain(PROXY)
    }
  })
})

describe('in intercept mode', () => {
  it('each shell also trusts the authority, and the undo takes it back', () => {
    const trust = { SSL_CERT_FILE: '/home/me/.local/share/whytls/it is.pem' }
    const { shells: all } = describeSetup({ proxyUrl: PROXY, env: {}, go: null, trust })
    expect(all.slice(0, 4).map(({ commands, undo }) => [commands[1], undo[1]])).toEqual([
      [`export SSL_CERT_FILE='${trust.SSL_CERT_FILE}'`, 'unset SSL_CERT_FILE'],
      [`set -gx SSL_CERT_FILE '${trust.SSL_CERT_FILE}'`, 'set -e SSL_CERT_FILE'],
      [`$env:SSL_CERT_FILE = '${trust.SSL_CERT_FILE}'`, 'Remove-Item Env:SSL_CERT_FILE'],
      [`set "SSL_CERT_FILE=${trust.SSL_CERT_FILE}"`, 'set "SSL_CERT_FILE="'],
    ])
  })
})

describe('where no person types', () => {
  const { shells: all } = describeSetup({ proxyUrl: PROXY, env: {}, go: null })
  const commandsOf = (name: string): string => all.find(({ shell }) => shell === name)?.commands.join('\n') ?? ''

  it('a container is sent to the proxy of this machine, and a job wraps its command', () => {
    expect(all.map(({ shell }) => shell)).toEqual(['bash, zsh', 'fish', 'PowerShell', 'cmd.exe', 'Docker', 'GitHub Actions', 'GitLab CI'])
    expect(commandsOf('Docker')).toContain(`-e HTTPS_PROXY=${PROXY} `)
    expect(commandsOf('GitHub Actions')).toContain('- run: whytls run --summary -- go mod download')
    expect(commandsOf('GitLab CI')).toContain('whytls run -- go mod download ||')
  })
})

describe('the checks of the set-up screen', () => {
  const check = (goproxy: string, env: NodeJS.ProcessEnv = {}) =>
    new Map(
      describeSetup({ proxyUrl: PROXY, env, go: { program: 'go', version: 'go1.26.8', env: { GOPROXY: goproxy } } }).checks.map((one) => [
        one.name,
        one,
      ]),
    )

  it('never show the token of the proxy', () => {
    const setup = describeSetup({ proxyUrl: 'http://whytls:s3cret@127.0.0.1:8877', env: {}, go: null })
    expect(JSON.stringify(setup.checks)).not.toContain('s3cret')
  })
  it('say that no go was found', () => {
    const setup = describeSetup({ proxyUrl: PROXY, env: {}, go: null })
    expect(setup.goVersion).toBeNull()
    expect(setup.checks.find(({ name }) => name === 'go')).toEqual({ name: 'go', ok: false, text: 'no go command found in PATH' })
  })
  it.each([
    ['off', false],
    ['https://localhost:3000', false],
    ['http://127.0.0.1:3000,direct', false],
    ['https://[::1]:3000', false],
    ['https://mods.example,direct', true],
    ['direct', true],
  ])('judge GOPROXY=%s', (goproxy, ok) => {
    expect(check(goproxy).get('GOPROXY')?.ok).toBe(ok)
  })
  it('mention NO_PROXY in either spelling, as neither right nor wrong', () => {
    expect(check('direct').get('NO_PROXY')).toMatchObject({ ok: true, text: 'unset' })
    expect(check('direct', { no_proxy: '.acme.example' }).get('NO_PROXY')).toMatchObject({ ok: null })
    expect(check('direct', { NO_PROXY: '.acme.example' }).get('NO_PROXY')?.text).toContain('NO_PROXY=.acme.example')
  })
})
