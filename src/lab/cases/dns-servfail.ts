import { defineDnsCase } from '../dns-case.ts'

/** SERVFAIL. */
export const dnsServfail = defineDnsCase({ id: 'dns-servfail', summary: 'the resolver answers with a failure' })
