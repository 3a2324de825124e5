import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { LabCase } from '../case.ts'
import { LAB_MODULE } from '../module-server.ts'
import { ok } from './ok.ts'

const GO_MOD = `module lab.whytls.test/user\n\ngo 1.20\n\nrequire ${LAB_MODULE.path} ${LAB_MODULE.version}\n`
const GO_SUM = `${LAB_MODULE.path} ${LAB_MODULE.version} h1:${Buffer.alloc(32, 7).toString('base64')}\n`

/** The module is not the one that go.sum names. */
export const checksumMismatch: LabCase = {
  id: 'checksum-mismatch',
  summary: 'the module differs from go.sum',
  expect: { cause: 'checksum-mismatch', leg: 'upstream', stage: 'application-data', needsWitness: true },
  async up(world) {
    const cwd = join(world.folder, 'user')
    await mkdir(cwd, { recursive: true })
    await writeFile(join(cwd, 'go.mod'), GO_MOD)
    await writeFile(join(cwd, 'go.sum'), GO_SUM)
    return { ...(await ok.up(world)), cwd }
  },
}
