import { describe, expect, it } from 'vitest'
import { respondAsModuleProxy } from '../../src/lab/module-server.ts'

const BASE = '/lab.whytls.test/hello/@v'

describe('respondAsModuleProxy', () => {
  it('lists the one version', () => {
    expect(respondAsModuleProxy(`${BASE}/list`).body.toString()).toBe('v1.0.0\n')
  })

  it('names the version in .info as JSON', () => {
    expect(JSON.parse(respondAsModuleProxy(`${BASE}/v1.0.0.info`).body.toString())).toMatchObject({ Version: 'v1.0.0' })
  })

  it('names the module of the path in .mod', () => {
    expect(respondAsModuleProxy('/other.test/x/@v/v1.0.0.mod').body.toString()).toContain('module other.test/x\n')
  })

  it('answers 404 for any other version or path', () => {
    expect(respondAsModuleProxy(`${BASE}/v1.0.1.info`).status).toBe(404)
    expect(respondAsModuleProxy('/').status).toBe(404)
  })

  it('gives a zip whose names begin with module@version', () => {
    const zip = respondAsModuleProxy(`${BASE}/v1.0.0.zip`).body
    expect(zip.subarray(0, 4).toString('latin1')).toBe('PK\x03\x04')
    expect(zip.subarray(30, 30 + 28).toString()).toBe('lab.whytls.test/hello@v1.0.0')
    expect(zip.readUInt16LE(zip.length - 22 + 10)).toBe(2)
  })
})
