/** `export --missing`: the intermediates that a server does not send, as PEM for its owner. */
import type { CertificateSummary, Handshake } from '../contract/handshake.ts'
import { inDay } from '../diagnosis/units.ts'
import { escapeText } from '../report/escape.ts'
import type { Store } from '../store/store.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'
import { parseTarget } from './target-argument.ts'

/**
 * PEM with a line of explanation before each certificate. Only what was seen to lead to a root that the client has is ever kept as missing.
 * @param host the newest handshake with it counts; true: `id` names the handshake
 * @throws Problem (exit 2) where none is known
 */
export function missingOf(store: Store, id: number | undefined, host: string | true): string {
  const handshake = host === true ? findById(store, id) : findByHost(store, host)
  const missing = handshake.certificates?.missing ?? []
  const { host: name, port } = handshake.target
  if (missing.length === 0) {
    const why = `no intermediate is known that the server of ${name} should send and does not`
    throw new Problem('none-missing', why, `whytls probe ${name}:${port} --aia   fetches what its certificate names`, EXIT.usage)
  }
  return missing.map((certificate) => block(certificate, name)).join('')
}

function findById(store: Store, id: number | undefined): Handshake {
  const found = id === undefined ? undefined : store.handshake(id)
  if (found !== undefined) return found
  const why = id === undefined ? '--missing needs the number of a handshake, or a host' : `there is no handshake ${id}`
  throw new Problem('no-such-handshake', why, 'whytls export --missing HOST -o intermediate.pem', EXIT.usage)
}

function findByHost(store: Store, text: string): Handshake {
  const { host, port } = parseTarget(text)
  const rows = store.rows({ limit: MANY }).filter((row) => row.host === host && row.port === port && row.imported === undefined)
  const seen = rows.flatMap(({ id }) => store.handshake(id) ?? [])
  const found = seen.find(({ certificates }) => certificates?.missing !== undefined) ?? seen[0]
  if (found !== undefined) return found
  throw new Problem('no-such-handshake', `no handshake with ${text} is stored`, `whytls probe ${text} --aia`, EXIT.usage)
}

function block({ subject, notAfter, sha256, der }: CertificateSummary, host: string): string {
  const until = notAfter === null ? '' : `, valid until ${inDay(new Date(notAfter))}`
  const note = `# for the owner of ${host}: send this behind the server's own certificate. ${subject}${until}, SHA-256 ${sha256}`
  const lines = der.match(/.{1,64}/g) ?? []
  return `${escapeText(note)}\n-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}

const MANY = 1000
