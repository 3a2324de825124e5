import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { lookUpFacts } from '../../src/cli/machine-facts.ts'
import { openConnection } from '../../src/recorder/connection.ts'
import { startOf } from '../recorder/session.ts'

const home = mkdtempSync(join(tmpdir(), 'machine-facts-'))
writeFileSync(join(home, '.gitconfig'), '[http]\n\tproxy = http://gw.example:3128\n')
const lookUp = lookUpFacts(() => ({ PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1' }))
const failed = (clientAddress: string) => ({
  ...openConnection(startOf('c1', { clientAddress, userAgent: 'git/2.39.5' }), null),
  outcome: 'failed' as const,
})

it("tells git's settings of this machine's git only", () => {
  expect(lookUp(failed('127.0.0.1:50000')).gitSettings).toMatchObject([{ key: 'http.proxy', value: 'http://gw.example:3128' }])
  expect(lookUp(failed('192.0.2.7:50000'))).toEqual({})
  const known = { address: '192.0.2.7:50000', pid: 7, process: 'git-remote-http', roots: null }
  expect(lookUp({ ...failed('192.0.2.7:50000'), client: known }).gitSettings).toHaveLength(1)
})
