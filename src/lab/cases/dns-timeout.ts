import { defineDnsCase } from '../dns-case.ts'

/** The query is never answered; the namespace’s resolv.conf says two tries of two seconds. */
export const dnsTimeout = defineDnsCase({ id: 'dns-timeout', summary: 'the resolver never answers', takesMs: 4000 })
