/** Header fields whose values may be kept: they name no person, place or secret. Lower case. */
const KEPT = new Set([
  'accept-ranges',
  'age',
  'cache-control',
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'etag',
  'expires',
  'keep-alive',
  'last-modified',
  'proxy-connection',
  'retry-after',
  'server',
  'transfer-encoding',
  'vary',
  'via',
])

/** Authentication schemes as registered with IANA, and those that corporate proxies speak. */
const SCHEMES = /^(?:basic|bearer|digest|dpop|gnap|hoba|kerberos|mutual|negotiate|ntlm|oauth|privatetoken|scram-sha-(?:1|256)|vapid)$/i

/**
 * Mask header values before anything keeps them: those of an allow-list stay, of challenges the scheme names stay, all others become
 * `[n bytes]`.
 * @param headers name and value as sent, in order
 */
export function maskHeaders(headers: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  return headers.map(([name, value]) => [name, maskValue(name.toLowerCase(), value)] as const)
}

function maskValue(name: string, value: string): string {
  if (name === 'proxy-authenticate' || name === 'www-authenticate') return maskChallenges(value)
  if (name === 'location') return maskLocation(value)
  return KEPT.has(name) ? value : bytes(value)
}

/** Where a redirect leads: scheme and host stay, the rest goes. */
function maskLocation(value: string): string {
  const [, scheme, host, rest = ''] = /^(https?:\/\/)(?:[^\s/@]*@)?([^\s/?#@]{1,255})(.*)$/i.exec(value) ?? []
  return scheme === undefined || host === undefined ? bytes(value) : `${scheme}${host}/${bytes(rest)}`
}

/** Keep the scheme names of a challenge list (RFC 9110 section 11.6.1); realm and every other parameter go. */
function maskChallenges(value: string): string {
  const unquoted = value.replace(/"(?:[^"\\]|\\.)*"?/g, '""')
  const schemes = unquoted.split(',').flatMap((part) => {
    const found = /^\s*([A-Za-z][\w-]*)(?:\s+(.+))?\s*$/.exec(part)
    return found?.[1] === undefined || !SCHEMES.test(found[1]) ? [] : [found[2] === undefined ? found[1] : `${found[1]} ${bytes(value)}`]
  })
  return schemes.length > 0 ? schemes.join(', ') : bytes(value)
}

function bytes(value: string): string {
  return `[${Buffer.byteLength(value, 'latin1')} bytes]`
}
