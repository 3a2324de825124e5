/** The page's words for stages, legs and causes (taxonomy), short enough for a chip or a column. */
import type { Confidence, Leg, Source, Stage } from '../src/contract/terms.ts'

const LEGS: Readonly<Record<Leg, string>> = { client: 'go ⇄ whytls', parent: 'whytls ⇄ proxy', upstream: 'whytls ⇄ upstream' }

const STAGE_WORDS: Readonly<Record<Stage, string>> = {
  dns: 'DNS',
  tcp: 'TCP',
  'proxy-connect': 'CONNECT',
  'client-hello': 'Client Hello',
  'server-hello': 'Server Hello',
  certificate: 'Certificate',
  'key-exchange': 'Key exchange',
  finished: 'Finished',
  'application-data': 'App data',
}

const CONFIDENCE: Readonly<Record<Confidence, { readonly word: string; readonly bars: number }>> = {
  certain: { word: 'Certain', bars: 5 },
  high: { word: 'High confidence', bars: 4 },
  likely: { word: 'Likely', bars: 3 },
  possible: { word: 'Possible', bars: 2 },
}

const SOURCES: Readonly<Record<Source, string>> = {
  wire: 'wire',
  probe: 'probe',
  bisect: 'bisect',
  decrypted: 'decrypted probe',
  inferred: 'inferred',
  verifier: 'go’s rules',
  store: 'root stores',
  history: 'history',
  environment: 'environment',
  stderr: 'go’s words',
  clock: 'clock',
}

/** Only those that say it shorter or better than the code without its hyphens. */
const CAUSES: Readonly<Record<string, string>> = {
  'dns-nxdomain': 'Unknown host name',
  'dns-servfail': 'Resolver failed',
  'dns-no-address': 'Name without address',
  'dns-timeout': 'Resolver silent',
  'tcp-refused': 'TCP refused',
  'tcp-timeout': 'TCP unanswered',
  'tcp-unreachable': 'No route',
  'peer-reset': 'Reset',
  'peer-closed': 'Closed early',
  'peer-silent': 'Silence',
  'plain-http-on-tls-port': 'Plain HTTP',
  'not-tls': 'Not TLS',
  'sni-filtered': 'Server name filtered',
  'client-hello-too-large': 'ClientHello dropped',
  'tls13-intolerant': 'TLS 1.3 refused',
  'downgrade-detected': 'Downgraded',
  'inspection-ca-untrusted': 'Inspection CA not trusted',
  'server-version-too-old': 'TLS too old',
  'alpn-mismatch': 'ALPN mismatch',
  'hrr-loop': 'Retry loop',
  'malformed-server-hello': 'Malformed ServerHello',
  'cert-expired': 'Expired',
  'cert-not-yet-valid': 'Not yet valid',
  'client-clock-wrong': 'Clock wrong',
  'cert-name-mismatch': 'Name mismatch',
  'cert-no-san': 'No SAN',
  'cert-ip-no-san': 'No IP SAN',
  'cert-self-signed': 'Self-signed',
  'unknown-authority': 'CA not trusted',
  'missing-intermediate': 'Intermediate missing',
  'chain-signature-invalid': 'Bad signature',
  'sha1-signature': 'SHA-1 signature',
  'md5-signature': 'MD5 signature',
  'weak-rsa-key': 'Weak RSA key',
  'rsa-key-too-large': 'RSA key too large',
  'unsupported-public-key': 'Unsupported key',
  'path-length-exceeded': 'Path too long',
  'issuer-not-ca': 'Issuer is no CA',
  'eku-mismatch': 'Wrong key usage',
  'unhandled-critical-extension': 'Unknown critical extension',
  'cert-malformed': 'Malformed certificate',
  'cert-negative-serial': 'Negative serial',
  'empty-certificate': 'No certificate',
  'handshake-message-too-large': 'Message too large',
  'client-cert-required': 'Client certificate wanted',
  'bad-record-mac': 'Damaged record',
  'record-oversized': 'Oversized record',
  'renegotiation-refused': 'Renegotiation',
  'client-roots-missing': 'Roots missing',
  'client-distrusts-proxy-ca': 'whytls CA not trusted',
  'proxy-url-invalid': 'Proxy URL invalid',
  'proxy-not-http': 'Not an HTTP proxy',
  'proxy-cert-invalid': 'Proxy certificate',
  'proxy-forbidden': 'Proxy forbids (403)',
  'proxy-auth-required': 'Proxy wants a login (407)',
  'proxy-bad-gateway': 'Proxy cannot reach host',
  'http2-refused': 'HTTP/2 refused',
}

/** "whytls ⇄ upstream"; the code itself where unknown. */
export function legWords(leg: string): string {
  return (LEGS as Readonly<Record<string, string>>)[leg] ?? leg
}

/** "Client Hello"; the code itself where unknown. */
export function stageWords(stage: string): string {
  return (STAGE_WORDS as Readonly<Record<string, string>>)[stage] ?? stage
}

/** "CA not trusted" for a chip or column; codes without a short word lose their hyphens. */
export function causeWords(cause: string): string {
  const sentence = cause.replace(/^http-/, 'HTTP ').replaceAll('-', ' ')
  return CAUSES[cause] ?? sentence.charAt(0).toUpperCase() + sentence.slice(1)
}

export function confidenceWords(confidence: Confidence): { readonly word: string; readonly bars: number } {
  return CONFIDENCE[confidence] ?? { word: confidence, bars: 1 }
}

export function sourceWords(source: Source): string {
  return SOURCES[source] ?? source
}
