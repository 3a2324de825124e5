import { describe, expect, it } from 'vitest'
import { chooseStyle, type StyleChoice } from '../../src/cli/style.ts'

const TERMINAL = { isTTY: true, columns: 120 } as const
const PIPE = { isTTY: false, columns: 0 } as const

describe('colour', () => {
  it.each<[string, boolean, NodeJS.ProcessEnv, StyleChoice, boolean]>([
    ['is used on a terminal', true, {}, {}, true],
    ['is not used in a pipe', false, {}, {}, false],
    ['is not used where TERM is dumb', true, { TERM: 'dumb' }, {}, false],
    ['is forced into a pipe by CLICOLOR_FORCE', false, { CLICOLOR_FORCE: '1' }, {}, true],
    ['is not forced by CLICOLOR_FORCE=0', false, { CLICOLOR_FORCE: '0' }, {}, false],
    ['is forced by --color=always', false, {}, { color: 'always' }, true],
    ['goes with --color=never', true, {}, { color: 'never' }, false],
    ['follows --color=never against CLICOLOR_FORCE', true, { CLICOLOR_FORCE: '1' }, { color: 'never' }, false],
    ['is taken away by NO_COLOR, whatever else is asked', true, { NO_COLOR: '1', CLICOLOR_FORCE: '1' }, { color: 'always' }, false],
    ['does not mind an empty NO_COLOR', true, { NO_COLOR: '' }, {}, true],
  ])('%s', (_claim, isTTY, env, choice, expected) => {
    expect(chooseStyle(isTTY ? TERMINAL : PIPE, env, choice).colour).toBe(expected)
  })
})

describe('glyphs outside ASCII', () => {
  it.each<[string, NodeJS.ProcessEnv, boolean]>([
    ['are drawn where the locale is UTF-8', { LANG: 'de_DE.UTF-8' }, true],
    ['are drawn for the spelling utf8', { LC_CTYPE: 'C.utf8' }, true],
    ['are not drawn when LC_ALL says otherwise', { LC_ALL: 'C', LANG: 'en_US.UTF-8' }, false],
    ['are drawn when an empty LC_ALL leaves it to LANG', { LC_ALL: '', LANG: 'en_US.UTF-8' }, true],
    ['are not drawn without a locale', {}, false],
  ])('%s', (_claim, env, expected) => {
    expect(chooseStyle(TERMINAL, env, {}).unicode).toBe(expected)
  })
})

describe('the width', () => {
  it('is the terminal’s own, 80 in a pipe, and never under 20', () => {
    expect(chooseStyle(TERMINAL, {}, {}).columns).toBe(120)
    expect(chooseStyle({ isTTY: false, columns: 200 }, {}, {}).columns).toBe(80)
    expect(chooseStyle({ isTTY: true, columns: 7 }, {}, {}).columns).toBe(20)
  })
  it('is 80 on a terminal that does not know its own', () => {
    expect(chooseStyle({ isTTY: true, columns: 0 }, {}, {}).columns).toBe(80)
  })
})

describe('sentences only', () => {
  it('come by --plain or WHYTLS_PLAIN=1', () => {
    expect(chooseStyle(TERMINAL, {}, { plain: true }).plain).toBe(true)
    expect(chooseStyle(TERMINAL, { WHYTLS_PLAIN: '1' }, {}).plain).toBe(true)
    expect(chooseStyle(TERMINAL, {}, {}).plain).toBe(false)
  })
})
