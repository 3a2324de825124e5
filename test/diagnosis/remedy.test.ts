import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  commandLine,
  copyVariable,
  extendGodebug,
  hostWord,
  isHost,
  pathWord,
  probeCommand,
  quote,
  SHELLS,
  setVariable,
  showLineCommand,
  targetWord,
  unsetVariable,
} from '../../src/diagnosis/remedy.ts'

describe('commands without a value', () => {
  it('copy one variable to another in every shell', () => {
    expect(SHELLS.map((shell) => copyVariable('HTTPS_PROXY', 'ALL_PROXY', shell))).toEqual([
      'export HTTPS_PROXY="$ALL_PROXY"',
      'set -gx HTTPS_PROXY $ALL_PROXY',
      '$env:HTTPS_PROXY = $env:ALL_PROXY',
      'set "HTTPS_PROXY=%ALL_PROXY%"',
    ])
    expect(() => copyVariable('HTTPS_PROXY', 'A; x', 'bash')).toThrow(RangeError)
  })

  it('show a line of a file only where its path is plain', () => {
    expect(showLineCommand('~/.bashrc', 41)).toBe('sed -n 41p ~/.bashrc')
    for (const path of ['~root/.bashrc', '/a b', "/a'b", '-e', '/a;b', '/$x', '~/a\nb']) expect(showLineCommand(path, 1)).toBeNull()
    expect(showLineCommand('/etc/environment', 0)).toBeNull()
  })
})

describe('captured values in commands', () => {
  it.each(['modproxy.example', 'a_b.test', '10.0.0.8', '2001:db8::1', 'localhost', 'host.'])('%s is a host', (host) =>
    expect(hostWord(host)).toBe(host),
  )
  it.each([
    '',
    '-x',
    'a b',
    'a;b',
    '$(x)',
    'a\nb',
    'x`y`',
    "a'b",
    '.',
    'a..b',
    'é.example',
    '%PATH%',
    `${'a'.repeat(300)}`,
    'a/b',
    '--help.example',
  ])('%j becomes a placeholder', (host) => expect(hostWord(host)).toBe('HOST'))

  it('write a port only where it is not 443, and IPv6 in brackets', () => {
    expect(targetWord('a.example', 443)).toBe('a.example')
    expect(targetWord('a.example', 8443)).toBe('a.example:8443')
    expect(targetWord('::1', 8443)).toBe('[::1]:8443')
    expect(targetWord('a.example', Number.NaN)).toBe('a.example:PORT')
    expect(probeCommand('a.example', 443, '--aia')).toBe('whytls probe a.example --aia')
  })

  it('let no path begin with a dash or hold what a shell reads', () => {
    expect(pathWord('/etc/ssl/my ca.pem')).toBe('/etc/ssl/my ca.pem')
    for (const path of ['-rf', '/a;b', '/a$b', '/a\nb', '/a"b', '`x`']) expect(pathWord(path)).toBe('FILE')
  })
})

describe('quoting', () => {
  it('leaves harmless words bare', () => {
    for (const shell of SHELLS) expect(quote('tlsmlkem=0', shell)).toBe('tlsmlkem=0')
  })

  it('is undone by a POSIX shell for any word without control characters', () => {
    const word = fc.string({ unit: 'grapheme', maxLength: 20 }).filter((text) => !/[\u0000-\u001f\u007f-\u009f]/.test(text))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
        const said = execFileSync('/bin/sh', ['-c', `printf '%s\\n' ${commandLine(words)}`], { encoding: 'utf8' })
        expect(said).toBe(`${words.join('\n')}\n`)
      }),
      { numRuns: 40 },
    )
  })

  it('refuses control characters in every shell, and for cmd what it expands between quotes', () => {
    for (const shell of SHELLS) expect(() => quote('a\nb', shell)).toThrow(RangeError)
    for (const word of ['%PATH%', 'a"b', '!x!']) expect(() => quote(word, 'cmd')).toThrow(RangeError)
  })

  it('doubles every kind of single quote for PowerShell', () => {
    expect(quote("a'b’c", 'powershell')).toBe("'a''b’’c'")
  })
})

describe('environment variables', () => {
  it('are set and unset in the words of each shell', () => {
    expect(SHELLS.map((shell) => setVariable('GODEBUG', 'a=1,b=2', shell))).toEqual([
      'export GODEBUG=a=1,b=2',
      'set -gx GODEBUG a=1,b=2',
      "$env:GODEBUG = 'a=1,b=2'",
      'set "GODEBUG=a=1,b=2"',
    ])
    expect(SHELLS.map((shell) => unsetVariable('GODEBUG', shell))).toEqual([
      'unset GODEBUG',
      'set -e GODEBUG',
      'Remove-Item Env:GODEBUG',
      'set "GODEBUG="',
    ])
    expect(() => setVariable('A B', 'x', 'bash')).toThrow(RangeError)
  })

  it('keep the settings of GODEBUG that are there already, unless they are not plain', () => {
    expect(extendGodebug('', 'tlsmlkem=0')).toBe('tlsmlkem=0')
    expect(extendGodebug('http2client=0,tlsmlkem=1', 'tlsmlkem=0')).toBe('http2client=0,tlsmlkem=0')
    expect(extendGodebug('x=$(y)', 'tlsmlkem=0')).toBe('tlsmlkem=0')
  })
})

it('isHost never lets through a character that a shell reads', () => {
  fc.assert(fc.property(fc.string({ maxLength: 40 }), (text) => !isHost(text) || /^[A-Za-z0-9_.:-]+$/.test(text)))
})
