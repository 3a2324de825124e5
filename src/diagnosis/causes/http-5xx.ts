import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 500 to 599. */
export const http5xx = httpCause({
  id: 'http-5xx',
  meaning: 'TLS is fine; the server answered 500 to 599',
  recognise: ({ status }) => status !== null && status >= 500 && status <= 599,
  words: ({ status }, seen) => ({
    title: `TLS is fine; ${targetName(seen)} answered ${status ?? '5xx'}`,
    why: 'The server took the request and failed while it answered, or the service behind it did. With "," in GOPROXY go does not try the next entry after a 5xx; with "|" it does.',
    fixes: [serverFix(seen, "look into the server's log at this time")],
  }),
})
