import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { goProgram, loadGoEnvironment } from '../../src/host/go-env.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-go-env-'))
afterAll(() => rmSync(folder, { recursive: true }))
let made = 0

/** A program that answers as this shell script says. */
function fakeGo(script: string): string {
  made += 1
  const file = join(folder, `go-${made}`)
  writeFileSync(file, `#!/bin/sh\n${script}\n`)
  chmodSync(file, 0o755)
  return file
}

const load = (script: string, env: NodeJS.ProcessEnv = {}) =>
  loadGoEnvironment(fakeGo(script), { PATH: process.env['PATH'], ...env }, folder)

describe('the go program of a command line', () => {
  it.each([
    ['go', 'go'],
    ['/usr/local/go/bin/go', '/usr/local/go/bin/go'],
    ['go1.21.13', 'go1.21.13'],
    ['./go.exe', './go.exe'],
    ['gopls', 'go'],
    ['make', 'go'],
    ['sh', 'go'],
    ['gotip', 'go'],
  ])('of %s is %s', (first, program) => {
    expect(goProgram([first, 'mod', 'download'])).toBe(program)
  })
  it('of an empty one is go', () => {
    expect(goProgram([])).toBe('go')
  })
})

describe('what go tells of itself', () => {
  it('is version and settings, by the real go', async () => {
    const env = { ...process.env, GOPROXY: 'https://mods.example', GOFLAGS: '', GOENV: 'off' }
    const seen = await loadGoEnvironment('go', env, folder)
    if (seen === null) {
      if (process.env['CI'] === 'true') throw new Error('go is not installed')
      console.warn('WARNING: go is not installed, nothing was tested')
      return
    }
    expect(seen.version).toMatch(/^go1\.\d+/)
    expect(seen.env['GOPROXY']).toBe('https://mods.example')
    expect(seen.env['GOMODCACHE']).not.toBe('')
  })
  it('is asked without the network, and in the folder of the command', async () => {
    const seen = await load(`printf '{"GOVERSION":"go1.26.8","GOPROXY":"%s","GOMOD":"%s"}' "$GOPROXY" "$PWD"`, {
      GOPROXY: 'https://mods.example',
    })
    expect(seen?.env).toMatchObject({ GOPROXY: 'https://mods.example', GOMOD: folder })
  })
  it('is the version that go.mod switches to, with the settings that the user sees', async () => {
    const script = `if [ "$GOTOOLCHAIN" = local ]; then v=go1.26.8; else v=go1.27.0; fi; printf '{"GOVERSION":"%s","GOPROXY":"%s"}' $v "$GOPROXY"`
    expect(await load(script, { GOPROXY: 'direct' })).toMatchObject({ version: 'go1.27.0', env: { GOPROXY: 'direct' } })
  })
  it('is the own version where the switch is not possible', async () => {
    const script = `[ "$GOTOOLCHAIN" = local ] || exit 1; printf '{"GOVERSION":"go1.26.8"}'`
    expect(await load(script)).toMatchObject({ version: 'go1.26.8' })
  })
  it('is told the toolchain that the user set, not the one that go was asked with', async () => {
    const script = `[ "$GOTOOLCHAIN" = local ] || exit 1; printf '{"GOVERSION":"go1.26.8","GOTOOLCHAIN":"local","GOENV":"%s/env"}' "$PWD"`
    expect(await load(script, { GOTOOLCHAIN: 'go1.99.0' })).toMatchObject({ env: { GOTOOLCHAIN: 'go1.99.0' } })
    writeFileSync(join(folder, 'env'), 'GOPROXY=direct\nGOTOOLCHAIN=go1.22\n')
    expect(await load(script)).toMatchObject({ env: { GOTOOLCHAIN: 'go1.22' } })
  })
  it.each([
    ['nothing', 'exit 0'],
    ['no JSON', 'echo "go: GOPROXY is odd"'],
    ['null', 'echo null'],
    ['an error', 'echo "{}"; exit 2'],
  ])('is nothing where go answers with %s', async (_what, script) => {
    expect(await load(script)).toBeNull()
  })
  it('leaves out values that are no text', async () => {
    expect((await load(`printf '{"GOVERSION":"go1.26.8","GOPROXY":7,"GOFLAGS":null}'`))?.env).toEqual({ GOVERSION: 'go1.26.8' })
  })
  it('is nothing where there is no such program', async () => {
    expect(await loadGoEnvironment(join(folder, 'nosuch'), {}, folder)).toBeNull()
  })
  it('is nothing in a folder that is gone', async () => {
    expect(await loadGoEnvironment('go', process.env, join(folder, 'gone'))).toBeNull()
  })
})
