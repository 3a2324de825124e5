import { defineDnsCase } from '../dns-case.ts'

/** NOERROR without an answer. */
export const dnsNoAddress = defineDnsCase({ id: 'dns-no-address', summary: 'the name exists but has no address' })
