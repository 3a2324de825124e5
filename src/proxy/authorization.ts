/** Decides on a client's token; null: no token is asked for. */
export type Authorize = ((user: string, password: string) => boolean) | null

/** Who a client is: `user` is null where no token is asked for. */
export type Admission = { readonly isAdmitted: true; readonly user: string | null } | { readonly isAdmitted: false }

/** Check the Proxy-Authorization of a request (Basic, RFC 7617). */
export function admit(header: string | undefined, authorize: Authorize): Admission {
  const credentials = parseBasic(header)
  if (authorize === null) return { isAdmitted: true, user: null }
  if (credentials === undefined || !authorize(credentials.user, credentials.password)) return { isAdmitted: false }
  return { isAdmitted: true, user: credentials.user }
}

/** Parse a Basic credential; undefined when the header is absent or of another form. */
export function parseBasic(header: string | undefined): { readonly user: string; readonly password: string } | undefined {
  const found = /^basic +([A-Za-z0-9+/=_-]+) *$/i.exec(header ?? '')
  if (found?.[1] === undefined) return undefined
  const text = Buffer.from(found[1], 'base64').toString('utf8')
  const colon = text.indexOf(':')
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) }
}
