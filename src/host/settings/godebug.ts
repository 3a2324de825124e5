/** What the go command makes of GODEBUG (src/internal/godebugs/table.go of each version). Pure. */
import type { Check } from '../../contract/document.ts'
import { check, insecure } from './check.ts'

/** Names that have to do with the network or with trust: first and last minor version of go 1 that knows them, and what they do to `go` itself. */
const KNOWN: Readonly<
  Record<string, { readonly since: number; readonly until?: number; readonly does?: string; readonly weakens?: string }>
> = {
  execerrdot: { since: 19 },
  fips140: { since: 24, does: 'only FIPS algorithms are offered: no X25519 alone, no ChaCha20' },
  fips140ems: { since: 26 },
  http2client: { since: 6, does: 'with 0 go offers no ALPN and speaks HTTP/1.1' },
  http2debug: { since: 6, does: 'it says nothing of TLS failures; `whytls run --trace` does' },
  http2server: { since: 6 },
  multipathtcp: { since: 21 },
  netdns: { since: 5, does: 'it chooses the resolver' },
  netedns0: { since: 19 },
  rsa1024min: { since: 24, weakens: '0' },
  tls10server: { since: 22, until: 26, does: 'it is for servers; the client has no switch for TLS 1.0 and 1.1' },
  tls3des: { since: 23, until: 26, weakens: '1' },
  tlskyber: { since: 23, until: 23 },
  tlsmaxrsasize: { since: 21 },
  tlsmlkem: { since: 24, does: 'with 0 the ClientHello has no post-quantum key share and is about 1.2 kB smaller' },
  tlsrsakex: { since: 22, until: 26, weakens: '1' },
  tlssecpmlkem: { since: 26 },
  tlssha1: { since: 25, weakens: '1' },
  tlsunsafeekm: { since: 22, until: 26 },
  urlstrictcolons: { since: 26 },
  x509ignoreCN: { since: 15, until: 16 },
  x509keypairleaf: { since: 23, until: 26 },
  x509negativeserial: { since: 23, weakens: '1' },
  x509rsacrt: { since: 24 },
  x509sha1: { since: 18, until: 23, weakens: '1' },
  x509sha256skid: { since: 25 },
  x509usefallbackroots: { since: 20, does: 'the go command sets no fallback roots, so nothing changes' },
  x509usepolicies: { since: 22 },
  tls13: { since: 12, until: 13 },
}

/** Names without any meaning for TLS, as go 1.21 to 1.26 know them. */
const OTHERS = new Set(
  `adaptivestackstart allocfreetrace allowmultiplevcs asyncpreemptoff asynctimerchan cgocheck checkfinalizers clobberfree containermaxprocs
  cryptocustomrand dataindependenttiming decoratemappings disablethp dontfreezetheworld efence embedfollowsymlinks gccheckmark gcpacertrace
  gcshrinkstackoff gcstoptheworld gctrace gocachehash gocachetest gocacheverify gotestjsonbuildtext gotypesalias harddecommit
  htmlmetacontenturlescape httpcookiemaxnum httplaxcontentlength httpmuxgo121 httpservecontentkeepheaders inittrace installgoroot invalidptr
  jstmpllitinterp madvdontneed multipartfiles multipartmaxheaders multipartmaxparts panicnil profstackdepth randautoseed randseednop
  runtimecontentionstacks sbrk scavtrace scheddetail schedtrace tarinsecurepath traceadvanceperiod traceallocfree tracebackancestors
  tracebacklabels tracecheckstackownership tracefpunwindoff updatemaxprocs urlmaxqueryparams winreadlinkvolume winsymlink zipinsecurepath`.split(
    /\s+/,
  ),
)

/** Each setting of GODEBUG in words. @param goVersion "1.26.8" */
export function checkGodebug(value: string, goVersion: string): readonly Check[] {
  const minor = Number(goVersion.split('.')[1] ?? 26)
  return value
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .map((entry) => checkEntry(entry, minor))
}

function checkEntry(entry: string, minor: number): Check {
  const [name = '', setting] = entry.split('=')
  const warn = (text: string, advice: string | null = null) => check('warning', 'GODEBUG', `${entry}: ${text}`, { advice })
  if (setting === undefined) return warn('without = it has no effect')
  if (name.startsWith('cpu.') || OTHERS.has(name)) return check('fine', 'GODEBUG', `${entry}: nothing to do with TLS`)
  const known = KNOWN[name]
  if (known === undefined) return warn('go knows no such setting and ignores it without a word', TRACE.get(name) ?? null)
  if (minor >= 27 && ENDS_GO.has(entry))
    return check('problem', 'GODEBUG', `${entry}: go 1.${minor} has no such setting any more, and ends at once with a fatal error`, {
      advice: 'take it out of GODEBUG',
    })
  if (known.until !== undefined && minor > known.until)
    return warn(`it was removed in go 1.${known.until + 1}; this go 1.${minor} ignores it`)
  if (minor < known.since) return warn(`it came with go 1.${known.since}; this go 1.${minor} ignores it`)
  if (known.weakens === setting) {
    return insecure('GODEBUG', `${entry}: go accepts what it refuses by default`, {
      advice: 'take it away as soon as the other side is repaired',
    })
  }
  return check('note', 'GODEBUG', `${entry}${known.does === undefined ? '' : `: ${known.does}`}`)
}

/** Settings that were removed, with the old value: from go 1.27 on no program starts with one of them. */
const ENDS_GO = new Set(['tlsrsakex=1', 'tls3des=1', 'tls10server=1', 'tlsunsafeekm=1', 'x509keypairleaf=0', 'x509sha1=1'])

const TRACE = new Map(['tlshandshake', 'tlsdebug', 'tls', 'x509'].map((name) => [name, 'whytls run --trace shows every handshake message']))
