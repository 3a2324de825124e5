import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findWhereSet, loadSettingPlaces } from '../../../src/host/setting-places.ts'
import { findAssignments } from '../../../src/host/settings/places.ts'

const ROWS: readonly (readonly [string, string | null])[] = [
  ['export HTTPS_PROXY=http://gw.example:3128', 'http://gw.example:3128'],
  ['HTTPS_PROXY="http://gw.example:3128"', 'http://gw.example:3128'],
  ["  declare -x A=1 HTTPS_PROXY='http://gw.example:3128'; echo", 'http://gw.example:3128'],
  ['set -gx HTTPS_PROXY http://gw.example:3128', 'http://gw.example:3128'],
  ['set --export --global HTTPS_PROXY http://gw.example:3128', 'http://gw.example:3128'],
  ['setenv HTTPS_PROXY http://gw.example:3128', 'http://gw.example:3128'],
  ['$env:HTTPS_PROXY = "http://gw.example:3128"', 'http://gw.example:3128'],
  ['DefaultEnvironment="HTTPS_PROXY=http://gw.example:3128"', 'http://gw.example:3128'],
  ['export HTTPS_PROXY=http://anna:secret@gw.example:3128', 'http://[masked]@gw.example:3128'],
  ['unset HTTPS_PROXY', ''],
  ['# export HTTPS_PROXY=http://gw.example:3128', null],
  ['if [ "$HTTPS_PROXY" = x ]; then', null],
  ['export NOT_HTTPS_PROXY=x', null],
  ['echo HTTPS_PROXY', null],
]

describe('where a variable is set', () => {
  it.each(ROWS)('is seen in %s', (line, value) => {
    const found = findAssignments(`# first\n${line}\n`, ['HTTPS_PROXY'])
    expect(found).toEqual(value === null ? [] : [{ variable: 'HTTPS_PROXY', value, line: 2 }])
  })

  it('is told by file and line, with ~ for the home folder', async () => {
    const home = await mkdtemp(join(tmpdir(), 'whytls-home-'))
    await mkdir(join(home, '.config', 'fish'), { recursive: true })
    await writeFile(join(home, '.profile'), '\n\nexport HTTPS_PROXY=http://gw.example:3128\n')
    await writeFile(join(home, '.config', 'fish', 'config.fish'), 'set -gx HTTPS_PROXY http://gw.example:3128\n')
    await writeFile(join(home, 'goenv'), 'GOPROXY=https://a.example\n')
    const machine = { home, platform: 'linux', goEnvFile: join(home, 'goenv') }
    const where = (value: string) => findWhereSet('HTTPS_PROXY', value, machine).map(({ path, line }) => `${path}:${line}`)
    expect(where('http://gw.example:3128')).toEqual(['~/.profile:3', '~/.config/fish/config.fish:1'])
    expect(where('http://another.example:3128')).toEqual([])
    expect(where('')).toEqual([])
    expect(loadSettingPlaces(['GOPROXY'], machine)).toMatchObject([{ path: '~/goenv', line: 1, value: 'https://a.example' }])
    expect(findWhereSet('NO_SUCH_VARIABLE', 'x', machine)).toEqual([])
    await rm(home, { recursive: true })
  })
})
