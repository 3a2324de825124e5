import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type CaPaths, caPaths, hasCa, loadCa, removeCa, writeCa } from '../../src/cli/ca-files.ts'
import { readHeldRoots } from '../../src/cli/client-bundle.ts'
import { makeKeptAuthority } from '../../src/proxy/authority/authority.ts'

let folder = ''
let paths: CaPaths

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whytls-ca-'))
  paths = caPaths(folder)
  writeCa(paths, makeKeptAuthority(new Date()))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the kept authority', () => {
  it('is read as it was written, once', () => {
    expect(loadCa(paths).keyPem).toContain('PRIVATE KEY')
    expect(() => writeCa(paths, makeKeptAuthority(new Date()))).toThrow('EEXIST')
    removeCa(paths)
    expect(hasCa(paths)).toBe(false)
  })

  it('says in plain words what is wrong with its files', () => {
    writeFileSync(paths.key, '')
    expect(() => loadCa(paths)).toThrow(`${paths.key} holds no private key`)
    writeFileSync(paths.certificate, 'junk')
    expect(() => loadCa(paths)).toThrow(`${paths.certificate} holds no certificate`)
  })

  it('is not used where others can read its key', () => {
    chmodSync(paths.key, 0o644)
    expect(() => loadCa(paths)).toThrow('can be read by others')
  })
})

describe('readHeldRoots', () => {
  it('keeps what SSL_CERT_FILE names, and leaves out the file that is about to be written', () => {
    const own = join(folder, 'corporate.pem')
    writeFileSync(own, 'corporate roots')
    expect(readHeldRoots({ SSL_CERT_FILE: own }, paths.bundle)).toMatchObject({ files: [own], roots: Buffer.from('corporate roots\n') })
    writeFileSync(paths.bundle, 'an older bundle')
    expect(readHeldRoots({ SSL_CERT_FILE: paths.bundle }, paths.bundle).roots.toString()).not.toContain('an older bundle')
  })
})
