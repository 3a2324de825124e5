/** `probe --aia`: the intermediates that certificates say they were issued by. Nothing of it is trusted; the verifier learns whether it completes the chain. */
import { AiaError, type AiaRequest, fetchIssuer } from '../proxy/aia.ts'
import { escapeText } from '../report/escape.ts'
import { summarizeCertificate } from '../x509/summary.ts'

/** A chain of issuers is followed this far. */
const MOST_FETCHES = 3

/** Follow caIssuers from the last certificate that the server sent; each step is said. */
export async function fetchIssuers(
  chain: readonly Uint8Array[],
  how: Omit<AiaRequest, 'url'>,
  say: (line: string) => void,
): Promise<readonly Uint8Array[]> {
  const found: Uint8Array[] = []
  let current = chain.at(-1)
  while (current !== undefined && found.length < MOST_FETCHES) {
    const summary = summarizeCertificate(current)
    const url = summary.aia.caIssuers.find((each) => each.startsWith('http://'))
    if (url === undefined || summary.subject === summary.issuer) break
    current = await fetchOne({ ...how, url }, say)
    if (current !== undefined) found.push(current)
  }
  return found
}

async function fetchOne(request: AiaRequest, say: (line: string) => void): Promise<Uint8Array | undefined> {
  try {
    const der = derOf(await fetchIssuer(request))
    const { parsed, subject } = summarizeCertificate(der)
    if (!parsed) throw new AiaError('what is served there is no certificate')
    say(`  AIA                      ${escapeText(subject)}, from ${escapeText(request.url)}`)
    return der
  } catch (error) {
    if (!(error instanceof AiaError)) throw error
    say(`  AIA                      ${escapeText(request.url)}: ${escapeText(error.message)}`)
    return undefined
  }
}

/** RFC 5280 asks for DER; some servers send PEM. */
function derOf(octets: Uint8Array): Uint8Array {
  const pem = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/.exec(Buffer.from(octets).toString('latin1'))
  return pem?.[1] === undefined ? octets : Buffer.from(pem[1], 'base64')
}
