import { describe, expect, it } from 'vitest'
import { listNamedHosts } from '../../src/host/go-hosts.ts'

const ROWS: readonly (readonly [string, string, readonly string[]])[] = [
  ['https://a.example,https://b.example:8443|direct', 'off', ['a.example:443', 'b.example:8443']],
  ['https://a.example, direct ,https://never.example', 'off', ['a.example:443']],
  ['off', 'sums.example', ['sums.example:443']],
  ['direct', 'sums.example+033de0ae+Ac4', ['sums.example:443']],
  ['direct', 'sums.example+033de0ae+Ac4 https://mirror.example/sums', ['mirror.example:443']],
  ['https://user:pw@a.example/path,file:///modules,http://plain.example', 'off', ['a.example:443']],
  ['a.example', 'a.example', ['a.example:443']],
  ['https://[2001:db8::1]:444', '', ['2001:db8::1:444']],
  ["'https://quoted.example'", 'off', []],
  ['', '', []],
]

describe('hosts that go names', () => {
  it.each(ROWS)('GOPROXY=%s GOSUMDB=%s', (goproxy, gosumdb, hosts) => {
    expect(listNamedHosts({ GOPROXY: goproxy, GOSUMDB: gosumdb }).map(({ host, port }) => `${host}:${port}`)).toEqual(hosts)
  })
})
