import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ClientsMachine } from '../../../src/host/ca-store/clients.ts'
import { findHeldFiles, findHeldIntermediates } from '../../../src/host/ca-store/held-roots.ts'
import { mintChain, toPem } from '../../../src/lab/chain.ts'
import { readNames } from '../../../src/x509/names.ts'

const folder = mkdtempSync(join(tmpdir(), 'whytls-held-'))
const file = join(folder, 'ca.pem')
let name = new Uint8Array()

beforeAll(async () => {
  const { byName } = await mintChain('ok', new Date('2026-11-22T12:00:00Z'), { host: 'mods.example' })
  const root = byName.get('root') ?? Buffer.alloc(0)
  name = new Uint8Array(readNames(root)?.subject ?? [])
  writeFileSync(file, toPem(root))
})

function machine(env: NodeJS.ProcessEnv, gitCaInfo: string | null = null): ClientsMachine {
  return { env, platform: 'test', gitCaInfo, gitCaPath: null }
}

describe('a root that this machine holds', () => {
  it('is found in the list that git, curl, Node or Python was given', () => {
    for (const variable of ['GIT_SSL_CAINFO', 'CURL_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS', 'REQUESTS_CA_BUNDLE'])
      expect(findHeldFiles(machine({ [variable]: file }), name)).toMatchObject([{ path: file, kind: 'bundle' }])
    expect(findHeldFiles(machine({}, file), name)).toMatchObject([{ client: 'git (http.sslCAInfo)', path: file }])
  })
  it('is one file, though two clients read it', () => {
    expect(findHeldFiles(machine({ GIT_SSL_CAINFO: file, CURL_CA_BUNDLE: file }), name)).toHaveLength(1)
  })
  it('is not found by another name, nor in a file that is not there', () => {
    expect(findHeldFiles(machine({ GIT_SSL_CAINFO: file }), new Uint8Array([0x30, 0]))).toEqual([])
    expect(findHeldFiles(machine({ GIT_SSL_CAINFO: join(folder, 'none.pem') }), name)).toEqual([])
  })
})

describe('an intermediate that this machine holds', () => {
  it('is found by its name in those files; a self-signed root of the name is none', async () => {
    const { byName } = await mintChain('ok', new Date('2026-11-22T12:00:00Z'), { host: 'mods.example' })
    const [leaf, root] = [byName.get('leaf') ?? Buffer.alloc(0), byName.get('root') ?? Buffer.alloc(0)]
    const issuer = [...byName.values()].find((der) => isNamed(der, readNames(leaf)?.issuer)) ?? expect.fail('no issuer')
    const both = join(folder, 'both.pem')
    writeFileSync(both, toPem(root) + toPem(issuer))
    const found = findHeldIntermediates(machine({ NODE_EXTRA_CA_CERTS: both }), new Uint8Array(readNames(leaf)?.issuer ?? []))
    expect(found.map((der) => Buffer.from(der))).toEqual([Buffer.from(issuer)])
    expect(findHeldIntermediates(machine({ NODE_EXTRA_CA_CERTS: both }), new Uint8Array(readNames(root)?.subject ?? []))).toEqual([])
  })
})

function isNamed(der: Uint8Array, name: Uint8Array | undefined): boolean {
  return name !== undefined && Buffer.from(readNames(der)?.subject ?? []).equals(name)
}
