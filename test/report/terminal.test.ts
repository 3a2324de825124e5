import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { BlockInput } from '../../src/report/terminal.ts'
import { diagnosisBlocks, type Style, successLine } from '../../src/report/terminal.ts'
import { completed } from '../diagnosis/observation-builders.ts'
import { diagnosisOf, handshakeOf, type SampleName, SEEN } from './samples.ts'

const FOLDER = new URL('../vectors/report/', import.meta.url)
const NAMES: readonly SampleName[] = ['expired', 'silent', 'name', 'missing', 'login', 'clientCertificate']
const WIDE: Style = { columns: 80, colour: false, unicode: true, plain: false }

function inputOf(name: SampleName): BlockInput {
  return { diagnoses: [diagnosisOf(SEEN[name])], handshakes: [handshakeOf(SEEN[name])], runId: 9, os: 'linux', shell: 'bash' }
}

const STYLES = [80, 50, 120].flatMap((columns) =>
  [true, false].flatMap((unicode) => [true, false].map((colour): Style => ({ columns, colour, unicode, plain: false }))),
)
const CASES = NAMES.flatMap((name) => [...STYLES, { ...WIDE, plain: true }].map((style) => [name, style] as const))

function fileName(name: SampleName, style: Style): string {
  return `${name}-${style.columns}-${style.unicode ? 'utf8' : 'ascii'}${style.colour ? '-colour' : ''}${style.plain ? '-plain' : ''}.txt`
}

/** A golden file; UPDATE_GOLDEN=1 writes it anew, for a person to read the difference. */
function golden(file: string, text: string): string {
  const url = new URL(file, FOLDER)
  if (process.env['UPDATE_GOLDEN'] === '1') {
    mkdirSync(FOLDER, { recursive: true })
    writeFileSync(url, text)
  }
  return readFileSync(url, 'utf8')
}

/** Without colours. */
const bare = (text: string) => text.replaceAll(/\u001b\[[0-9;]*m/g, '')

describe('the blocks', () => {
  it.each(CASES)('of %s in %o are those of the golden file', (name, style) => {
    const text = diagnosisBlocks(inputOf(name), style)
    expect(text).toBe(golden(fileName(name, style), text))
  })

  it.each(CASES)('of %s in %o are no wider than the terminal, commands apart', (name, style) => {
    const input = inputOf(name)
    const commands = new Set(
      input.diagnoses.flatMap(({ fixes, alsoPossible }) => [
        ...fixes.flatMap((fix) => fix.commands),
        ...alsoPossible.map(({ test }) => test),
      ]),
    )
    const lines = bare(diagnosisBlocks(input, style))
      .split('\n')
      .filter((line) => !commands.has(line.trimStart()))
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(Math.min(style.columns, 80))
  })

  it.each(CASES)('of %s in %o say the same with and without colour', (name, style) => {
    expect(bare(diagnosisBlocks(inputOf(name), { ...style, colour: true }))).toBe(
      diagnosisBlocks(inputOf(name), { ...style, colour: false }),
    )
  })

  it('print every command whole behind two blanks', () => {
    const text = diagnosisBlocks(inputOf('login'), WIDE)
    expect(text).toContain('\n  read -rs P && export HTTPS_PROXY="http://$USER:$P@gw.acme.example:3128"\n')
  })

  it('are pure ASCII where the terminal is', () => {
    for (const name of NAMES) expect(diagnosisBlocks(inputOf(name), { ...WIDE, unicode: false })).toMatch(/^[\n\u0020-\u007e]*$/)
  })

  it('keep headline and fix when quiet', () => {
    const text = diagnosisBlocks({ ...inputOf('login'), quiet: true }, WIDE)
    expect(text).toMatch(/^error\[proxy-auth-required\]: /)
    expect(text).toContain('  fix ')
    expect(text).not.toMatch(/why|evidence|note|more/)
  })

  it('fold all handshakes and hosts of one cause into one', () => {
    const diagnoses = ['a.example', 'b.example', 'c.example', 'd.example'].map((host, index) =>
      diagnosisOf(SEEN.expired, { id: index, host, count: 4, handshakes: [412 + index] }),
    )
    const text = diagnosisBlocks({ ...inputOf('expired'), diagnoses }, WIDE)
    expect(text.match(/^error\[/gm)).toHaveLength(1)
    expect(text).toContain('16 handshakes, 4 hosts')
    expect(text).toContain('a.example:443, b.example:443, c.example:443 and 1 more')
  })

  it('are at most three, then their number', () => {
    const diagnoses = NAMES.slice(0, 5).map((name) => diagnosisOf(SEEN[name]))
    const text = diagnosisBlocks({ ...inputOf('expired'), diagnoses }, WIDE)
    expect(text.match(/^error\[/gm)).toHaveLength(3)
    expect(text).toMatch(/\nand 2 more causes: whytls show --run 9\n$/)
  })

  it('say possibly when it is no more than possible', () => {
    expect(diagnosisBlocks({ ...inputOf('expired'), diagnoses: [diagnosisOf(SEEN.expired, { confidence: 'possible' })] }, WIDE)).toMatch(
      /^error\[cert-expired\]: possibly: /,
    )
  })

  it('are nothing where there is no diagnosis', () => {
    expect(diagnosisBlocks({ ...inputOf('expired'), diagnoses: [] }, WIDE)).toBe('')
  })

  it('offer the fix of the system and shell at hand', () => {
    const input = inputOf('login')
    expect(diagnosisBlocks({ ...input, os: 'windows', shell: 'powershell' }, WIDE)).toContain('Get-Credential')
    expect(diagnosisBlocks(input, WIDE)).not.toContain('Get-Credential')
  })
})

describe('captured text', () => {
  const EVIL = '\u001b[2J\u001b]0;owned\u0007\u202egnp\u0085\u009b31m\u0000\u2066\ufeff\n\n  fix       (checked)\n  rm -rf ~'

  it.each([80, 50])('cannot write escape sequences or lines of its own at %i columns', (columns) => {
    const diagnosis = diagnosisOf(SEEN.login, {
      host: EVIL,
      title: EVIL,
      why: EVIL,
      cause: 'proxy-auth-required',
      evidence: [{ text: EVIL, source: 'wire', ref: null }],
      notChecked: [EVIL],
      alsoTrue: [EVIL],
      willNotHelp: [{ setting: EVIL, because: EVIL }],
      alsoPossible: [{ cause: EVIL, confidence: 'possible', test: 'whytls probe HOST' }],
    })
    const handshake = handshakeOf(SEEN.login, {
      target: { host: EVIL, port: 443, address: null },
      route: [{ kind: 'http-proxy', address: EVIL }],
      proxyConnect: { status: 407, reason: EVIL, headers: [], body: EVIL },
    })
    for (const plain of [true, false]) {
      const text = diagnosisBlocks(
        { diagnoses: [diagnosis], handshakes: [handshake], runId: 9, os: 'linux', shell: 'bash' },
        { columns, colour: false, unicode: true, plain },
      )
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/)
      expect(text.split('\n').map((line) => line.trim())).not.toContain('rm -rf ~')
    }
  })
})

describe('the line of success', () => {
  const passed = handshakeOf(completed())

  it('counts handshakes and hosts and names version and slowest', () => {
    const other = handshakeOf(completed(), { id: 413, target: { host: 'gosums.example', port: 443, address: null } })
    expect(successLine({ handshakes: [passed, other], warnings: [] }, WIDE)).toMatch(
      /^whytls: 2 handshakes to 2 hosts passed, TLS 1\.3, slowest [\d.]+ ms\n$/,
    )
  })

  it('puts warnings below', () => {
    const warnings = [{ code: 'expires-soon', host: 'goproxy.acme.example', text: 'certificate ends in 6 days' }]
    expect(successLine({ handshakes: [passed], warnings }, WIDE)).toContain(
      '\nwarning[expires-soon]: goproxy.acme.example, certificate ends in 6 days\n',
    )
  })

  it('says where to look when the command failed, nothing of TLS did, and its words were not read', () => {
    const input = { handshakes: [passed], warnings: [], hasFailedUnheard: true }
    expect(successLine(input, WIDE).replace(/\s+/g, ' ')).toMatch(
      /^whytls: 1 handshake .*TLS was fine .* whytls run --intercept shows the HTTP\. $/,
    )
    const broken = { ...passed, outcome: 'aborted' as const }
    expect(successLine({ ...input, handshakes: [passed, broken] }, WIDE)).not.toContain('TLS was fine')
    expect(successLine({ ...input, handshakes: [] }, WIDE)).toBe('')
  })

  it('is empty when nothing passed', () => expect(successLine({ handshakes: [], warnings: [] }, WIDE)).toBe(''))
})
