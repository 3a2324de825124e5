import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { rootsByClient } from '../../src/cli/git-roots.ts'
import { rootsOf } from '../../src/cli/pipeline.ts'
import { openConnection } from '../../src/recorder/connection.ts'
import { readNames } from '../../src/x509/names.ts'
import { ISSUING, ROOT, startOf } from '../recorder/session.ts'

const pem = (der: Uint8Array) =>
  `-----BEGIN CERTIFICATE-----\n${Buffer.from(der).toString('base64').replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`

describe.runIf(process.platform === 'linux')('rootsByClient', () => {
  const folder = mkdtempSync(join(tmpdir(), 'git-roots-'))
  const ofGo = join(folder, 'go.pem')
  const ofGit = join(folder, 'git.pem')
  writeFileSync(ofGo, pem(ROOT.der))
  writeFileSync(ofGit, pem(ISSUING.der))
  const env = {
    PATH: process.env['PATH'],
    HOME: folder,
    SSL_CERT_FILE: ofGo,
    SSL_CERT_DIR: join(folder, 'none'),
    GIT_SSL_CAPATH: join(folder, 'none'),
  }
  const rootsIn = (more: NodeJS.ProcessEnv) =>
    rootsByClient(() => ({ env: { ...env, ...more }, isAssumed: false }), rootsOf({ ...env, ...more }, 'test'))
  const go = openConnection(startOf('c1'), 1)
  const git = { ...go, client: { address: '127.0.0.1:1', pid: 7, process: 'git-remote-http', roots: null } }

  it("are go's for go and git's for git, whose variable names another file", () => {
    const roots = rootsIn({ GIT_SSL_CAINFO: ofGit })
    expect(roots(go)?.facts).toMatchObject({ count: 1, sslCertFile: ofGo })
    expect(roots(git)?.facts).toMatchObject({
      reader: 'git',
      setBy: 'GIT_SSL_CAINFO',
      count: 1,
      sslCertFile: '',
      places: [{ path: ofGit }, { path: join(folder, 'none') }],
    })
  })

  it('know which file of go has what git lacks', () => {
    const subject = readNames(ROOT.der)?.subject ?? new Uint8Array()
    const [held] = rootsIn({ GIT_SSL_CAINFO: ofGit })(git)?.heldBy?.(subject) ?? []
    expect(held).toMatchObject({ client: 'go', path: ofGo, kind: 'bundle' })
    expect(held?.pool.size).toBe(1)
  })

  it('offer no file that git cannot read', () => {
    const subject = readNames(ROOT.der)?.subject ?? new Uint8Array()
    const inDer = join(folder, 'root.der')
    writeFileSync(inDer, ROOT.der)
    const held = rootsIn({ GIT_SSL_CAINFO: ofGit, WHYTLS_TRUST: inDer })(git)?.heldBy?.(subject) ?? []
    expect(held.map(({ path, pool }) => [path, pool.size])).toEqual([
      [ofGo, 1],
      [inDer, 0],
    ])
  })

  it('are none where the file is missing, and say so', () => {
    const facts = rootsIn({ GIT_SSL_CAINFO: join(folder, 'gone.pem') })(git)?.facts
    expect(facts).toMatchObject({ count: 0, places: [{ problem: 'cannot be read (ENOENT)' }] })
  })
})
