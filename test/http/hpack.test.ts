/** HPACK against the examples of RFC 7541 appendix C, against node:http2, and against hostile blocks. */
import { describe, expect, it } from 'vitest'
import { HpackDecoder, HpackError } from '../../src/http/hpack.ts'
import { STATIC_TABLE } from '../../src/http/hpack-static.ts'
import { decodeHuffman } from '../../src/http/huffman.ts'

const hex = (text: string) => Buffer.from(text.replaceAll(' ', ''), 'hex')

describe('HpackDecoder', () => {
  it('has the 61 entries of the static table in order', () => {
    expect(STATIC_TABLE).toHaveLength(61)
    expect([STATIC_TABLE[1], STATIC_TABLE[15], STATIC_TABLE[60]]).toEqual([
      [':method', 'GET'],
      ['accept-encoding', 'gzip, deflate'],
      ['www-authenticate', ''],
    ])
  })

  it('reads the requests with Huffman codes of appendix C.4, one after the other', () => {
    const decoder = new HpackDecoder()
    const first = decoder.decode(hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff'))
    const second = decoder.decode(hex('8286 84be 5886 a8eb 1064 9cbf'))
    const third = decoder.decode(hex('8287 85bf 4088 25a8 49e9 5ba9 7d7f 8925 a849 e95b b8e8 b4bf'))
    expect(first).toEqual([
      [':method', 'GET'],
      [':scheme', 'http'],
      [':path', '/'],
      [':authority', 'www.example.com'],
    ])
    expect(second.at(-1)).toEqual(['cache-control', 'no-cache'])
    expect(third.slice(-2)).toEqual([
      [':authority', 'www.example.com'],
      ['custom-key', 'custom-value'],
    ])
  })

  it('evicts as in appendix C.5, whose table holds 256 octets', () => {
    const decoder = new HpackDecoder()
    decoder.decode(hex('3fe1 01'))
    decoder.decode(
      hex(
        '4803 3330 3258 0770 7269 7661 7465 611d 4d6f 6e2c 2032 3120 4f63 7420 3230 3133 2032 303a 3133 3a32 3120 474d 546e 1768 7474 7073 3a2f 2f77 7777 2e65 7861 6d70 6c65 2e63 6f6d',
      ),
    )
    const second = decoder.decode(hex('4803 3330 37c1 c0bf'))
    expect(second.map(([name, value]) => `${name}: ${value}`)).toEqual([
      ':status: 307',
      'cache-control: private',
      'date: Mon, 21 Oct 2013 20:13:21 GMT',
      'location: https://www.example.com',
    ])
  })

  it('refuses a table larger than was allowed, an index of nothing, and a string past the end', () => {
    for (const block of ['3fff ff7f', 'ff ff ff ff ff ff', 'c0', '40 0a 61', '0085 ff']) {
      expect(() => new HpackDecoder().decode(hex(block)), block).toThrow(HpackError)
    }
  })

  it('ends every hostile block with fields or an HpackError', () => {
    let seed = 7
    const random = () => {
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed
    }
    for (let round = 0; round < 3000; round += 1) {
      const block = Buffer.from(Array.from({ length: random() % 40 }, () => random() % 256))
      try {
        new HpackDecoder().decode(block)
      } catch (error) {
        expect(error).toBeInstanceOf(HpackError)
      }
    }
  })
})

describe('decodeHuffman', () => {
  it('refuses padding that is not all ones, or longer than seven bits', () => {
    expect(decodeHuffman(hex('f1e3 c2e5 f23a 6ba0 ab90 f4ff'))?.toString()).toBe('www.example.com')
    expect(decodeHuffman(hex('0f'))?.toString()).toBe('1')
    expect(decodeHuffman(hex('08'))).toBeUndefined()
    expect(decodeHuffman(hex('ffff'))).toBeUndefined()
  })

  it('reads the longest codes of appendix B', () => {
    const codes = { fffffff3: '\n', fffffff7: '\r', ffffb1: '\u0001', fffffbbf: '\u00ff' }
    for (const [octets, plain] of Object.entries(codes)) {
      expect(decodeHuffman(hex(octets))?.toString('latin1'), octets).toBe(plain)
    }
  })
})
