import { defineDnsCase } from '../dns-case.ts'

/** NXDOMAIN. */
export const dnsNxdomain = defineDnsCase({ id: 'dns-nxdomain', summary: 'the host name does not exist' })
