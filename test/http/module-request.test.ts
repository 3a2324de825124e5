import { describe, expect, it } from 'vitest'
import { recognizeModuleRequest } from '../../src/http/module-request.ts'

describe('recognizeModuleRequest', () => {
  it.each([
    ['/lab.example/!hello/@v/v1.0.0.info', { kind: 'info', module: 'lab.example/Hello', version: 'v1.0.0' }],
    ['/artifactory/api/go/all/lab.example/x/@v/v1.0.0-!r!c1.mod', { kind: 'mod', module: 'lab.example/x', version: 'v1.0.0-RC1' }],
    ['/lab.example/x/v2/@v/v2.0.1+incompatible.zip', { kind: 'zip', module: 'lab.example/x/v2', version: 'v2.0.1+incompatible' }],
    ['/lab.example/x/@v/list', { kind: 'list', module: 'lab.example/x', version: null }],
    ['/lab.example/x/@latest', { kind: 'latest', module: 'lab.example/x', version: null }],
    ['/sumdb/sum.example/supported', { kind: 'sumdb-supported', module: null, version: null }],
    ['/sumdb/sum.example/lookup/lab.example/!x@v1.2.3', { kind: 'sumdb-lookup', module: 'lab.example/X', version: 'v1.2.3' }],
    ['/lookup/lab.example/x@v1.2.3', { kind: 'sumdb-lookup', module: 'lab.example/x', version: 'v1.2.3' }],
    ['/tile/8/0/x012/345.p/7', { kind: 'sumdb-tile', module: null, version: null }],
    ['/x/tools?go-get=1', { kind: 'go-get', module: 'x/tools', version: null }],
    ['/x/tools.git/info/refs?service=git-upload-pack', { kind: 'git', module: null, version: null }],
  ])('%s', (target, expected) => {
    expect(recognizeModuleRequest(target)).toEqual(expected)
  })

  it.each(['/', '/index.html', '/lab.example/x/@v/v1.0.0.exe', '/supported', '/info/refs'])('%s is none', (target) => {
    expect(recognizeModuleRequest(target)).toBeNull()
  })
})
