import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseStreams } from '../../src/handshake/tls-parse.ts'
import { findDevelopmentData } from '../tls/development-data.ts'
import { type ExpectedStream, flattenExpected, flattenResult } from './expected-stream.ts'

const data = findDevelopmentData()
const captures = data === null ? [] : readdirSync(join(data, 'tls/captures'))

function readCapture(id: string): { folder: string; streams: ExpectedStream[] } {
  const folder = join(data ?? '', 'tls/captures', id)
  return { folder, streams: JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')).streams }
}

function readOctets(folder: string, file: string | null): Uint8Array | null {
  return file === null ? null : new Uint8Array(readFileSync(join(folder, file)))
}

describe('parseStreams on real captures', () => {
  it('agrees with tshark and a second parser in every stream in which these two agree', () => {
    const differing: string[] = []
    for (const id of captures) {
      const { folder, streams } = readCapture(id)
      for (const stream of streams) {
        const seen = parseStreams({
          c2s: readOctets(folder, stream.files.c2s),
          s2c: readOctets(folder, stream.files.s2c),
          chunks: stream.chunks,
        })
        if (!stream.crosscheck.agreed) continue
        const [found, expected] = [flattenResult(seen), flattenExpected(stream)]
        for (const key of Object.keys(expected) as (keyof typeof expected)[]) {
          const [left, right] = [JSON.stringify(found[key]), JSON.stringify(expected[key])]
          if (left !== right)
            differing.push(`${id} ${stream.stream} ${key}\n  found    ${left.slice(0, 600)}\n  expected ${right.slice(0, 600)}`)
        }
      }
    }
    expect(differing).toEqual([])
  })

  it('gives JA4 and JA4_r as the hard values say', () => {
    const differing: string[] = []
    for (const id of captures) {
      const { folder, streams } = readCapture(id)
      for (const stream of streams.filter(isHardJa4)) {
        const seen = parseStreams({ c2s: readOctets(folder, stream.files.c2s), s2c: null })
        const [hello] = seen.clientHellos
        if (hello?.ja4 !== stream.ja4?.value || hello?.ja4r !== stream.ja4?.r) {
          differing.push(`${id} ${stream.stream}: ${hello?.ja4} ${hello?.ja4r}\n   expected ${stream.ja4?.value} ${stream.ja4?.r}`)
        }
      }
    }
    expect(differing).toEqual([])
  })
})

function isHardJa4({ ja4 }: ExpectedStream): boolean {
  if (ja4 === undefined || ja4 === null) return false
  if (ja4.confirmed_by.some((name) => name.startsWith('foxio_'))) return true
  return ja4.confirmed_by.length > 0 && Object.keys(ja4.disputed_by).length === 0
}
