import { describe, expect, it } from 'vitest'
import { orderAddresses } from '../../src/proxy/address-order.ts'

/** Sources by destination; what is not listed has no route. */
async function order(sources: Readonly<Record<string, string>>, addresses = Object.keys(sources)): Promise<readonly string[]> {
  return orderAddresses(addresses, async (address) => sources[address])
}

describe('orderAddresses', () => {
  it('puts addresses without a route last (rule 1)', async () => {
    expect(await order({ '192.0.2.1': '192.0.2.9' }, ['2001:db8::1', '192.0.2.1'])).toEqual(['192.0.2.1', '2001:db8::1'])
  })

  it('prefers a source of the same scope (rule 2)', async () => {
    expect(await order({ '2001:db8:1::1': 'fe80::1', '198.51.100.121': '169.254.13.78' })).toEqual(['2001:db8:1::1', '198.51.100.121'])
    expect(await order({ '2001:db8:1::1': 'fe80::1', '198.51.100.121': '198.51.100.117' })).toEqual(['198.51.100.121', '2001:db8:1::1'])
  })

  it('prefers a matching label, then the higher precedence (rules 5 and 6)', async () => {
    expect(await order({ '2002:c633:6401::1': '2002:c633:6401::2', '2001:db8:1::1': '2002:c633:6401::2' })).toEqual([
      '2002:c633:6401::1',
      '2001:db8:1::1',
    ])
    expect(await order({ '10.1.2.3': '10.1.2.4', '2001:db8:1::1': '2001:db8:1::2' })).toEqual(['2001:db8:1::1', '10.1.2.3'])
  })

  it('prefers the smaller scope (rule 8) and, for IPv6 only, the longer common prefix (rule 9)', async () => {
    expect(await order({ '2001:db8:1::1': '2001:db8:1::2', 'fe80::1': 'fe80::2' })).toEqual(['fe80::1', '2001:db8:1::1'])
    expect(await order({ '2001:db8:3f44::1': '2001:db8:1::2', '2001:db8:1::1': '2001:db8:1::2' })).toEqual([
      '2001:db8:1::1',
      '2001:db8:3f44::1',
    ])
    expect(await order({ '10.9.9.9': '10.1.2.4', '10.1.2.3': '10.1.2.4' })).toEqual(['10.9.9.9', '10.1.2.3'])
  })

  it('asks the kernel for sources by itself and keeps the order where all are equal', async () => {
    expect(await orderAddresses(['127.0.0.2', '127.0.0.1'])).toEqual(['127.0.0.2', '127.0.0.1'])
  })
})
