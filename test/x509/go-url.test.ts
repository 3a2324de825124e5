/** URIs as net/url reads and prints them; every row was printed by the go of that version. */
import { describe, expect, it } from 'vitest'
import { parseGoUrl } from '../../src/x509/go-url.ts'
import { goRules } from '../../src/x509/rules.ts'

const READ: readonly (readonly [raw: string, text: string, host: string])[] = [
  ['https://MODS.example/a b', 'https://MODS.example/a%20b', 'MODS.example'],
  ['HTTPS://mods.example/a%2Fb', 'https://mods.example/a%2Fb', 'mods.example'],
  ['https://mods.example/a%2Fb c', 'https://mods.example/a/b%20c', 'mods.example'],
  ['https://us%40er:p%3Aw@mods.example/', 'https://us%40er:p%3Aw@mods.example/', 'mods.example'],
  ['http://', 'http:', ''],
  ['http:///', 'http:///', ''],
  ['https://[::1%25eth0]/', 'https://[::1%25eth0]/', '[::1%eth0]'],
  ['https://mods.example??', 'https://mods.example??', 'mods.example'],
]

const REFUSED: readonly (readonly [version: string, raw: string, why: string])[] = [
  ['1.26.8', 'https://[x]/', 'invalid host: ParseAddr("x"): unable to parse IP'],
  ['1.26.8', 'https://[10.0.0.1]/', 'invalid IP-literal'],
  ['1.26.8', 'https://x[::1]/', 'invalid IP-literal'],
  ['1.26.8', 'https://[fe80::1%25 x]/', 'invalid character " " in host name'],
  ['1.26.8', 'https://mo%64s.example/', 'invalid URL escape "%64"'],
  ['1.26.8', 'https://a:b:c/', 'invalid port ":b:c" after host'],
  ['1.21.13', 'https://a:b:c/', 'invalid port ":c" after host'],
  ['1.21.13', 'https://mods.example/%zz', 'invalid URL escape "%zz"'],
]

describe('a URI of a certificate', () => {
  it.each(READ)('%s is printed again as Go does', (raw, text, host) => {
    expect(parseGoUrl(raw, goRules('1.26.8'))).toEqual({ text, host })
  })

  it.each(REFUSED)('is refused by go %s with its words: %s', (version, raw, why) => {
    expect(parseGoUrl(raw, goRules(version))).toEqual({ problem: `parse ${JSON.stringify(raw)}: ${why}` })
  })
})
