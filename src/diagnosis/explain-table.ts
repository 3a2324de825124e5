/** What each sentence of go, git and curl may mean: the causes in order of how often they are behind it, and what decides. A table. */
import type { PasteKind } from './paste.ts'

/** What decides between the candidates: a look at the host, with trials, with its issuer fetched, a whole run, or this machine's settings. */
export type Decider = 'probe' | 'bisect' | 'aia' | 'run' | 'settings'

/** One reading of a sentence. */
export interface TextRule {
  readonly text: RegExp
  /** Absent: whatever the sentence is about. */
  readonly kind?: PasteKind
  /** True: only on the leg to the proxy; false: only elsewhere. Absent: both. */
  readonly proxyLeg?: boolean
  /** Cause and why, most frequent first. */
  readonly causes: readonly (readonly [cause: string, why: string])[]
  readonly decide: Decider
}

type Causes = TextRule['causes']

const UNKNOWN_AUTHORITY: Causes = [
  ['inspection-ca-untrusted', 'a company gateway re-signs TLS, and this client was never given its CA (most often in containers and CI)'],
  ['client-roots-missing', 'the list of roots is missing, empty, old or not read (SSL_CERT_FILE, SSL_CERT_DIR, a slim image)'],
  ['client-distrusts-proxy-ca', 'whytls itself decrypts (--intercept) and this client was not told to trust it'],
  ['missing-intermediate', 'the server does not send its intermediate; browsers hide that, go and git do not'],
  ['unknown-authority', 'the server has a private CA of its own that this client lacks'],
  ['cert-self-signed', 'the server shows a certificate that it signed itself'],
]
/** GnuTLS has one text for every refusal. */
const GNUTLS: Causes = [
  ...UNKNOWN_AUTHORITY,
  ['cert-expired', "the server's certificate has ended: GnuTLS prints the same text for that"],
  ['client-clock-wrong', "this machine's clock is wrong"],
]
const EXPIRED: Causes = [
  ['cert-expired', "the server's certificate has ended"],
  ['client-clock-wrong', "this machine's clock runs ahead (VM, WSL or laptop after sleep)"],
  ['intermediate-expired', 'an intermediate has ended; the text is the same'],
  ['root-expired', 'the root in the list of this client has ended; the text is the same'],
]
const TOO_EARLY: Causes = [
  ['client-clock-wrong', "this machine's clock is behind: the usual reason for this text"],
  ['cert-not-yet-valid', 'the certificate begins later; rare, seen with certificates that were made just now'],
]
const WRONG_NAME: Causes = [
  ['cert-name-mismatch', 'the name leads to another server (hosts file, DNS sinkhole, default host), or the certificate lacks the name'],
  ['captive-portal', 'a sign-in or block page of the network answers for every host'],
  ['chain-order', 'the server sends another certificate before its own, and that one was compared'],
]
const RESET: Causes = [
  ['peer-reset', 'somebody sent RST; the address in the text is the proxy’s where one is used'],
  ['sni-filtered', 'a firewall resets connections as soon as it sees the host name'],
  ['client-hello-too-large', 'a device on the path cannot take the post-quantum ClientHello of go 1.24 and later'],
  ['proxy-reset', 'the proxy reset the connection when it was asked for the host'],
  ['tls13-intolerant', 'a device on the path resets what offers TLS 1.3'],
  ['client-cert-required', 'a server that wants a client certificate closed, and its alert was overtaken'],
]
const CLOSED: Causes = [
  ['peer-closed', 'the other side closed without a word: service down, name not served, limit of connections'],
  ['sni-filtered', 'a filter closes connections for this host name'],
  ['client-hello-too-large', 'a device on the path cannot take the large ClientHello'],
  ['tls13-intolerant', 'a device on the path closes on what offers TLS 1.3'],
  ['client-cert-required', 'a server that wants a client certificate closed right behind the handshake'],
  ['no-common-cipher', 'some servers close where they find no cipher suite to take'],
]
const CUT: Causes = [
  ['proxy-closed', 'the proxy closed before it answered CONNECT'],
  ['peer-closed', 'the connection was closed inside a record'],
  ['body-truncated', 'the answer ended early'],
  ['client-cert-required', 'over HTTP/2 a server that wants a client certificate may end so'],
]
const SILENT: Causes = [
  ['client-hello-too-large', 'the ClientHello of go 1.24 and later fills two segments, and a device on the path drops it'],
  ['peer-silent', 'nothing came back in time: path (MTU, IPv6), overloaded or filtering device'],
  ['sni-filtered', 'a firewall drops packets for this host name'],
  ['tls13-intolerant', 'a device on the path drops what offers TLS 1.3'],
]
const NOT_TLS: Causes = [
  ['plain-http-on-tls-port', 'the port speaks HTTP without TLS: a wrong port or scheme'],
  ['captive-portal', 'a sign-in or block page of the network answers in the host’s place'],
  ['not-tls', 'another service listens there'],
  ['sni-filtered', 'a filter writes its block page for this host name'],
]
const CLIENT_CERTIFICATE: Causes = [['client-cert-required', 'the server wants a client certificate, which the go command cannot send']]
const MIXED_END: Causes = [
  ['client-cert-required', 'a server that wants a client certificate closed right behind the handshake: go’s words vary from run to run'],
  ['peer-reset', 'the connection was reset behind the handshake'],
  ['peer-closed', 'the connection was closed behind the handshake'],
  ['http2-refused', 'the server ends HTTP/2'],
  ['bad-record-mac', 'a record behind the handshake arrived damaged, before go had sent its first request'],
]
const NO_COMMON: Causes = [
  ['no-common-cipher', 'no cipher suite in common; the go command offers no RSA key exchange and no 3DES since 1.24'],
  ['client-cert-required', 'a TLS 1.2 server refuses so where a client certificate is missing'],
  ['no-common-group', 'no key exchange group in common'],
  ['sni-filtered', 'a box on the path refuses this host name'],
  ['tls13-intolerant', 'a box on the path refuses what offers TLS 1.3'],
  ['unsupported-public-key', 'the server’s key is of a kind that go offers no signature for'],
  ['alert-handshake-failure', 'the server says no more than that'],
]
const MALFORMED: Causes = [['cert-malformed', 'a certificate breaks a rule of the encoding that go keeps; other clients may let it pass']]
const HELLO: Causes = [['malformed-server-hello', 'the ServerHello breaks the protocol: a faulty server or a box that rewrites it']]
const ORDER: Causes = [
  ['unexpected-message', 'a message came where it has no place: a faulty server or bytes put in on the way'],
  ['malformed-server-hello', 'go met the message where it still read the ServerHello'],
]
const DOWNGRADE: Causes = [['downgrade-detected', 'a box on the path took TLS 1.3 out of the ClientHello']]
const ALPN: Causes = [['alpn-mismatch', 'no HTTP version in common, or one chosen that was not offered']]
const WEAK: Causes = [['weak-rsa-key', 'an RSA key is shorter than 1024 bits; go refuses it since 1.24']]
const HIDDEN: Causes = [
  ['hidden-failure', 'go does not say what failed before: the module could not be fetched, and only this is left of it'],
]

/** First fit wins: the special stands before the general. */
export const TEXT_RULES: readonly TextRule[] = [
  // The leg to the proxy.
  {
    text: /socks connect tcp \S+: dial tcp .*(?:connection refused|no such host|i\/o timeout|actively refused)/,
    causes: [['proxy-unreachable', 'nothing answers at the SOCKS proxy that HTTPS_PROXY names']],
    decide: 'settings',
  },
  {
    text: /lookup "?https?(?: on .*)?: (?:no such host|server misbehaving)/,
    causes: [['proxy-url-invalid', 'the value of HTTPS_PROXY cannot be parsed, and go took its scheme for a name']],
    decide: 'settings',
  },
  {
    proxyLeg: true,
    text: /first record does not look like a TLS|server gave HTTP response|^EOF$|unexpected EOF|TLS handshake timeout/,
    causes: [
      ['proxy-scheme-wrong', 'HTTPS_PROXY says https:// but the proxy speaks plain HTTP: the scheme is about how to talk to the proxy'],
      ['proxy-not-http', 'what listens there is no HTTP proxy'],
      ['proxy-closed', 'an https proxy closed the connection during its own TLS handshake'],
      ['proxy-silent', 'an https proxy said nothing in its own TLS handshake'],
    ],
    decide: 'settings',
  },
  {
    proxyLeg: true,
    text: /connection reset by peer/,
    causes: [
      ['proxy-reset', 'the https proxy, or a filter before it, reset its own TLS handshake'],
      ['proxy-unreachable', 'the proxy of HTTPS_PROXY cannot be used: name, port, VPN'],
    ],
    decide: 'run',
  },
  {
    proxyLeg: true,
    text: /protocol version/,
    causes: [
      ['server-version-too-old', 'the https proxy speaks only TLS 1.1 or older'],
      ['proxy-scheme-wrong', 'the proxy speaks no TLS that go can use'],
    ],
    decide: 'run',
  },
  {
    proxyLeg: true,
    text: /x509: |certificate/,
    causes: [['proxy-cert-invalid', 'the https:// proxy’s own certificate was refused']],
    decide: 'run',
  },
  {
    proxyLeg: true,
    text: /remote error: tls|tls: /,
    causes: [
      ['proxy-scheme-wrong', 'the proxy speaks no TLS that go can use'],
      ['proxy-cert-invalid', 'the TLS to the proxy failed'],
    ],
    decide: 'run',
  },
  {
    proxyLeg: true,
    text: /(?:)/,
    causes: [
      ['proxy-unreachable', 'the proxy of HTTPS_PROXY does not answer: name, port, VPN'],
      ['proxy-url-invalid', 'HTTPS_PROXY was read otherwise than meant'],
    ],
    decide: 'settings',
  },
  {
    text: /(?:Could not|Couldn't) resolve proxy|curl: \(5\)|Failed to connect to proxy/i,
    causes: [
      ['proxy-unreachable', 'the name of the proxy is not known'],
      ['proxy-url-invalid', 'the value of the proxy variable cannot be parsed'],
    ],
    decide: 'settings',
  },
  {
    // A certificate has names that cannot be parsed too.
    text: /^(?!.*(?:x509|certificate)).*(?:unsupported proxy scheme|invalid proxy URL|parse .*: (?:invalid|first path segment))/i,
    causes: [['proxy-url-invalid', 'an address in GOPROXY or HTTPS_PROXY cannot be parsed (quotes, a missing scheme)']],
    decide: 'settings',
  },
  {
    text: /(?:CONNECT tunnel failed, response|HTTP code) 407|Proxy Authentication Required(?! )|response 407/,
    kind: 'other',
    causes: [['proxy-auth-required', 'the proxy wants a login; go, git and curl here sent none that it takes']],
    decide: 'run',
  },
  {
    text: /(?:CONNECT tunnel failed, response|HTTP code) 403|response 403/,
    kind: 'other',
    causes: [['proxy-forbidden', 'the proxy does not allow this host']],
    decide: 'run',
  },
  {
    text: /(?:CONNECT tunnel failed, response|HTTP code) (?:50[0-9])|response 50[0-9]/,
    kind: 'other',
    causes: [['proxy-bad-gateway', 'the proxy cannot reach the host']],
    decide: 'run',
  },
  {
    text: /(?:CONNECT tunnel failed, response|HTTP code) (?:30[0-9]|511)/,
    causes: [
      ['captive-portal', 'the proxy or network answers with a sign-in page'],
      ['proxy-forbidden', 'the proxy refuses'],
    ],
    decide: 'run',
  },
  {
    text: /socks connect tcp .*(?:authentication|username)/,
    causes: [['proxy-auth-required', 'the SOCKS proxy wants a user and a password that it knows, or a login that go does not speak']],
    decide: 'run',
  },
  {
    text: /socks connect tcp .*unexpected protocol version/,
    causes: [
      ['proxy-scheme-wrong', 'HTTPS_PROXY says socks5:// where an HTTP proxy listens (72 is the letter H)'],
      ['proxy-not-http', 'what listens there is no SOCKS proxy'],
    ],
    decide: 'settings',
  },
  {
    text: /socks connect tcp .*not allowed by ruleset/,
    causes: [['proxy-forbidden', 'the rules of the SOCKS proxy do not allow the host']],
    decide: 'run',
  },
  {
    text: /socks connect tcp .*unknown error/,
    causes: [['proxy-bad-gateway', 'the SOCKS proxy cannot reach the host']],
    decide: 'run',
  },
  {
    text: /Can't complete SOCKS5 connection to .*\(2\)/,
    causes: [['proxy-forbidden', 'the rules of the SOCKS proxy do not allow the host']],
    decide: 'run',
  },
  {
    text: /Can't complete SOCKS5 connection to .*\([13-9]\)/,
    causes: [['proxy-bad-gateway', 'the SOCKS proxy cannot reach the host']],
    decide: 'run',
  },
  {
    text: /Proxy CONNECT aborted|socks connect tcp|curl: \(97\)/,
    causes: [
      ['proxy-closed', 'the proxy closed before it answered'],
      ['proxy-not-http', 'the proxy speaks another protocol than the variable says'],
      ['proxy-forbidden', 'its rules do not allow the host'],
    ],
    decide: 'run',
  },

  // Certificates: hints first.
  {
    text: /signed by unknown authority \(possibly because of .*(?:insecure algorithm|signature algorithm) SHA-?1/i,
    causes: [['sha1-signature', 'a certificate of the chain is signed with SHA-1']],
    decide: 'probe',
  },
  {
    text: /signed by unknown authority \(possibly because of .*insecure algorithm MD5/i,
    causes: [['md5-signature', 'a certificate of the chain is signed with MD5']],
    decide: 'probe',
  },
  { text: /signed by unknown authority \(possibly because of .*bit keys are insecure/, causes: WEAK, decide: 'probe' },
  {
    text: /signed by unknown authority \(possibly because of .*parent certificate cannot sign/,
    causes: [['issuer-not-ca', 'the issuer is no CA or may not sign certificates']],
    decide: 'probe',
  },
  {
    text: /signed by unknown authority \(possibly because of/,
    causes: [
      ['chain-signature-invalid', 'an authority of that name is known, but its key did not sign this'],
      ['unknown-authority', 'two authorities share a name, and this client has the other one'],
      ['inspection-ca-untrusted', 'a gateway re-signs under the name of a real authority'],
    ],
    decide: 'probe',
  },
  {
    text: /failed to load system roots/,
    causes: [
      ['client-roots-missing', 'no list of roots could be read at all'],
      ...UNKNOWN_AUTHORITY.filter(([cause]) => cause !== 'client-roots-missing'),
    ],
    decide: 'settings',
  },
  { text: /signed by unknown authority|SSL: certificate verification failed \(result: \d+\)/, causes: UNKNOWN_AUTHORITY, decide: 'probe' },
  { text: /self[- ]signed certificate in certificate chain|SELF_SIGNED_CERT_IN_CHAIN/i, causes: UNKNOWN_AUTHORITY, decide: 'probe' },
  {
    text: /self[- ]signed certificate|DEPTH_ZERO_SELF_SIGNED_CERT/i,
    causes: [
      ['cert-self-signed', 'the server shows a certificate that it signed itself'],
      ...UNKNOWN_AUTHORITY.filter(([cause]) => cause !== 'cert-self-signed'),
    ],
    decide: 'probe',
  },
  { text: /certificate has expired or is not yet valid: .*\bis before\b/, causes: TOO_EARLY, decide: 'probe' },
  {
    text: /certificate has expired or is not yet valid|certificate has expired|SEC_E_CERT_EXPIRED|CSSMERR_TP_CERT_EXPIRED|CERT_HAS_EXPIRED|certificate (?:is )?expired/i,
    causes: EXPIRED,
    decide: 'probe',
  },
  {
    // The verifier of macOS: extended key usage, a life of over 825 days, SHA-1, short keys, no names.
    text: /certificate is not standards compliant/,
    causes: [
      ['eku-mismatch', 'Apple wants serverAuth in the extended key usage, and a life of at most 825 days'],
      ['cert-no-san', 'or the certificate has no subjectAltName'],
      ['weak-rsa-key', 'or an RSA key under 2048 bits'],
      ['sha1-signature', 'or a signature with SHA-1'],
    ],
    decide: 'probe',
  },
  { text: /certificate is not yet valid|is not yet activated/i, causes: TOO_EARLY, decide: 'probe' },
  {
    text: /relies on legacy Common Name|because it has no (?:subjectAltName|SANs?)/,
    causes: [['cert-no-san', 'the certificate has no subjectAltName; go has looked at nothing else since 1.15']],
    decide: 'probe',
  },
  {
    text: /doesn't contain any IP SANs/,
    causes: [['cert-ip-no-san', 'the URL has an IP address, and the certificate is not for addresses']],
    decide: 'probe',
  },
  {
    text: /certificate is not valid for any names/,
    causes: [
      ['cert-name-mismatch', 'the certificate has no DNS name that counts: somebody else answered'],
      ['chain-order', 'the first certificate is a CA’s: the server sends its chain in another order'],
      ['cert-no-san', 'it has no names at all'],
      ['captive-portal', 'a portal’s own certificate'],
    ],
    decide: 'probe',
  },
  {
    text: /certificate is valid for|does not match (?:target )?host ?name|no alternative certificate subject name|name does not match|SEC_E_WRONG_PRINCIPAL|CERT_E_CN_NO_MATCH|SSL: certificate subject name|hostname mismatch/i,
    causes: WRONG_NAME,
    decide: 'probe',
  },
  {
    text: /incompatible key usage|unsupported certificate purpose|Key usage violation/i,
    causes: [['eku-mismatch', 'a certificate of the chain is not for servers']],
    decide: 'probe',
  },
  {
    text: /not authorized to sign for this name|permitted subtree violation|excluded subtree violation|name constraints/i,
    causes: [['name-constraints', 'an authority of the chain may not sign for a name in the leaf']],
    decide: 'probe',
  },
  {
    text: /too many intermediates for path length|path length constraint exceeded/i,
    causes: [['path-length-exceeded', 'the chain is longer than one of its authorities allows']],
    decide: 'probe',
  },
  {
    text: /not authorized to sign other certificates|cannot sign this kind of certificate|invalid CA certificate/i,
    causes: [['issuer-not-ca', 'the issuer is no CA or may not sign certificates']],
    decide: 'probe',
  },
  {
    text: /unhandled critical extension|invalid policies/,
    causes: [['unhandled-critical-extension', 'a certificate has a critical extension that go does not know']],
    decide: 'probe',
  },
  {
    text: /negative serial number/,
    causes: [
      ['cert-negative-serial', 'a serial number is negative: a proxy product that makes certificates carelessly; go refuses it since 1.24'],
    ],
    decide: 'probe',
  },
  { text: /containing RSA key larger than/, causes: [['rsa-key-too-large', 'an RSA key is longer than go takes']], decide: 'probe' },
  { text: /bit keys are insecure|ee key too small|key too small/i, causes: WEAK, decide: 'probe' },
  {
    text: /(?:ca )?md too weak|digest algorithm too weak|insecure algorithm/i,
    causes: [
      ['sha1-signature', 'a signature of the chain is made with SHA-1'],
      ['md5-signature', 'or with MD5'],
    ],
    decide: 'probe',
  },
  {
    text: /unsupported type of public key|incorrect key type|unsupported elliptic curve/,
    causes: [['unsupported-public-key', 'the key is of a kind or on a curve that go cannot use'], ...MALFORMED],
    decide: 'probe',
  },
  {
    text: /received empty certificates message/,
    causes: [['empty-certificate', 'the server sent a Certificate message with nothing in it']],
    decide: 'probe',
  },
  { text: /failed to parse certificate from server/, causes: MALFORMED, decide: 'probe' },
  {
    text: /invalid signature by the server certificate|certificate used with invalid signature algorithm|wrong signature (?:type|length)|bad signature/i,
    causes: [
      ['key-mismatch', 'the server’s key does not belong to its certificate'],
      ['unsupported-public-key', 'the server signs in a way that go did not offer'],
      ['weak-rsa-key', 'the key is too short for the signature'],
    ],
    decide: 'probe',
  },
  { text: /server certificate verification failed/i, causes: GNUTLS, decide: 'probe' },
  {
    text: /unable to verify the first certificate|UNABLE_TO_VERIFY_LEAF/i,
    causes: [
      ['missing-intermediate', 'the issuer did not come along and is not known here'],
      ...UNKNOWN_AUTHORITY.filter(([cause]) => cause !== 'missing-intermediate'),
    ],
    decide: 'aia',
  },
  {
    text: /unable to get local issuer certificate|locally verify the issuer's authority|unable to get issuer cert|SEC_E_UNTRUSTED_ROOT|CERT_TRUST_IS_UNTRUSTED_ROOT|CERT_E_UNTRUSTEDROOT|CSSMERR_TP_NOT_TRUSTED|errSSLXCertChainInvalid|-9807|-9813|certificate verify failed|certificate problem|CRYPT_E_NO_REVOCATION_CHECK|UNABLE_TO_GET_ISSUER_CERT|revocation function was unable|certificate is not trusted|OSStatus -?\d+|curl: \(60\)/i,
    causes: UNKNOWN_AUTHORITY,
    decide: 'probe',
  },
  {
    text: /error setting certificate (?:file|verify locations)|(?:ca-certificates\.crt|ca-bundle\.(?:crt|pem)|tls-ca-bundle\.pem): no such file|CAfile: \S+.*(?:No such|problem)|problem with the SSL CA cert|curl: \(77\)/i,
    causes: [['client-roots-missing', 'the file that this client was told to read its roots from cannot be read']],
    decide: 'settings',
  },
  {
    text: /no FIPS compatible certificate chains/,
    causes: [
      [
        'unsupported-public-key',
        'GODEBUG=fips140 is on: go then takes RSA keys from 2048 bits, P-256, P-384, P-521 and Ed25519, in the whole chain',
      ],
      ['weak-rsa-key', 'an RSA key of the chain is short'],
    ],
    decide: 'run',
  },
  { text: /CertificateVerificationError|x509: /, causes: [...MALFORMED, ...UNKNOWN_AUTHORITY.slice(0, 2)], decide: 'probe' },

  // Alerts that say more than their name.
  {
    text: /remote error: tls: certificate required|certificate_required|alert certificate required/i,
    causes: CLIENT_CERTIFICATE,
    decide: 'probe',
  },
  {
    text: /remote error: tls: (?:bad|unknown|unsupported|revoked|expired) certificate|remote error: tls: unknown certificate authority|alert (?:bad certificate|certificate unknown|unknown ca)/i,
    causes: CLIENT_CERTIFICATE,
    decide: 'probe',
  },
  {
    text: /remote error: tls: access denied|alert access denied/i,
    causes: [
      ['alert-access-denied', 'the server refuses by its own rules'],
      ['sni-filtered', 'a box on the path refuses this host name'],
      ...CLIENT_CERTIFICATE,
    ],
    decide: 'probe',
  },
  { text: /unsupported protocol version (?:[4-9a-f]|30[5-9a-f])/, causes: HELLO, decide: 'probe' },
  {
    text: /protocol version not supported|unsupported protocol version|alert protocol version|Error in protocol version|unsupported protocol\b|wrong ssl version/i,
    causes: [
      ['server-version-too-old', 'the server speaks only TLS 1.1 or older'],
      ['tls13-intolerant', 'a box on the path refuses what offers TLS 1.3'],
      ['alert-protocol-version', 'the server refuses the offered versions'],
    ],
    decide: 'bisect',
  },
  {
    text: /remote error: tls: (?:handshake failure|insufficient security level)|handshake failure|Handshake failed|no shared cipher|SEC_E_ALGORITHM_MISMATCH|no cipher(?:s| suites) (?:in common|supported)/i,
    causes: NO_COMMON,
    decide: 'bisect',
  },
  { text: /no application protocol|unadvertised ALPN|unrequested ALPN/i, causes: ALPN, decide: 'bisect' },
  {
    text: /unrecognized name|server name sent was not recognized/i,
    causes: [
      ['alert-unrecognized-name', 'the server does not serve this name'],
      ['sni-filtered', 'a box on the path refuses this host name'],
    ],
    decide: 'bisect',
  },
  {
    text: /remote error: tls: internal error|alert internal error/i,
    causes: [
      ['alert-internal-error', 'the server failed, often for want of a certificate for that name'],
      ['sni-filtered', 'a box on the path refuses this host name'],
    ],
    decide: 'bisect',
  },
  {
    text: /remote error: tls: (?:bad record MAC|error decrypting message)/,
    causes: [
      ['bad-record-mac', 'records are damaged on the way'],
      ['finished-mismatch', 'the two sides saw different handshakes'],
      ['key-mismatch', 'the server’s key does not belong to its certificate (RSA key exchange)'],
    ],
    decide: 'probe',
  },
  {
    text: /remote error: tls: illegal parameter/,
    causes: [
      ['alert-illegal-parameter', 'the server refuses a field of the ClientHello'],
      ['client-hello-too-large', 'a device on the path cannot take the post-quantum key share'],
      ['tls13-intolerant', 'a box on the path cannot take what is new in the ClientHello'],
    ],
    decide: 'bisect',
  },

  // ServerHello and records.
  { text: /downgrade attempt detected/, causes: DOWNGRADE, decide: 'probe' },
  {
    text: /two HelloRetryRequest/,
    causes: [['hrr-loop', 'the server repeats HelloRetryRequest']],
    decide: 'probe',
  },
  { text: /non-empty renegotiation extension|unnecessary HelloRetryRequest/, causes: HELLO, decide: 'probe' },
  {
    text: /unsupported group|unsupported curve|unoffered curve/,
    causes: [['no-common-group', 'the server chose a group that go did not offer'], ...HELLO],
    decide: 'probe',
  },
  {
    text: /unconfigured cipher suite/,
    causes: [['no-common-cipher', 'the server chose a cipher suite that go did not offer'], ...HELLO],
    decide: 'probe',
  },
  {
    text: /oversized record|record overflow|record layer.*too long|record length/i,
    causes: [['record-oversized', 'a record announces more than TLS allows: bytes of another protocol, or a damaged stream']],
    decide: 'probe',
  },
  {
    text: /handshake message of length \d+ bytes exceeds/,
    causes: [['handshake-message-too-large', 'a message, mostly the chain, is over go’s limit']],
    decide: 'probe',
  },
  { text: /gave HTTP response to HTTPS client/, causes: NOT_TLS, decide: 'probe' },
  {
    // Where go says that HTTP came, OpenSSL and GnuTLS say only that it was no TLS.
    text: /wrong version number|unexpected TLS packet|packet length too long|http request|unknown protocol/i,
    causes: [
      ...NOT_TLS.slice(0, 1),
      ['proxy-scheme-wrong', 'https_proxy says https:// but the proxy speaks plain HTTP'],
      ...NOT_TLS.slice(1),
    ],
    decide: 'probe',
  },
  {
    text: /first record does not look like a TLS|SSLv2 handshake|received record with version/i,
    causes: [['not-tls', 'another protocol answers there'], ...NOT_TLS.filter(([cause]) => cause !== 'not-tls')],
    decide: 'probe',
  },
  {
    text: /bad record MAC|decryption failed or bad record mac/i,
    causes: [['bad-record-mac', 'records are damaged on the way']],
    decide: 'probe',
  },
  {
    text: /Finished message was incorrect|invalid server finished hash|digest check failed/,
    causes: [['finished-mismatch', 'the two sides saw different handshakes: a box changed one']],
    decide: 'probe',
  },
  {
    text: /no renegotiation|renegotiation/i,
    causes: [['renegotiation-refused', 'the server asks for TLS 1.2 renegotiation, which go refuses']],
    decide: 'probe',
  },
  { text: /^local error: tls: unexpected message/, causes: [...ORDER, ...HELLO], decide: 'probe' },
  {
    text: /unexpected handshake message|unexpected message|too many (?:ignored|non-advancing) records|handshake buffer not empty/,
    causes: ORDER,
    decide: 'probe',
  },
  { text: /^local error: tls: error decoding message/, causes: [...HELLO, ...ORDER], decide: 'probe' },
  {
    text: /^(?:local error: )?tls: .*(?:ServerHello|server selected|key[_ ]share|legacy|session ID|extension|error decoding|HelloRetryRequest|compression|PSK|point formats)/i,
    causes: HELLO,
    decide: 'probe',
  },

  // Names and TCP.
  {
    text: /lookup .*(?:read|write) udp .*refused/,
    causes: [
      ['dns-servfail', 'no resolver listens at the address that this machine or container asks (see /etc/resolv.conf)'],
      ['dns-timeout', 'the resolver is not running yet'],
    ],
    decide: 'probe',
  },
  {
    text: /no such host|Could not resolve host|Couldn't resolve host|curl: \(6\)|nodename nor servname|Name or service not known/i,
    causes: [
      ['dns-nxdomain', 'the name does not exist for this resolver (VPN, typing, split DNS)'],
      ['dns-no-address', 'the name exists without an address of a kind that can be used'],
    ],
    decide: 'probe',
  },
  {
    text: /name is valid, but no data of the requested type/i,
    causes: [
      ['dns-no-address', 'the name exists without an address'],
      ['dns-servfail', 'the resolver of Windows could not find out'],
    ],
    decide: 'probe',
  },
  { text: /server misbehaving/, causes: [['dns-servfail', 'the resolver answered with a failure']], decide: 'probe' },
  {
    text: /lookup .*(?:i\/o timeout|operation timed out)|Temporary failure in name resolution|Resolving timed out/i,
    causes: [
      ['dns-timeout', 'the resolver did not answer'],
      ['dns-servfail', 'the resolver could not find out'],
    ],
    decide: 'probe',
  },
  {
    text: /connection refused|actively refused|Couldn't connect to server|curl: \(7\)/i,
    causes: [
      ['tcp-refused', 'nothing listens there, or a firewall refuses'],
      ['proxy-unreachable', 'the refused address is the proxy’s'],
    ],
    decide: 'probe',
  },
  {
    text: /network is unreachable|no route to host|unreachable/i,
    causes: [['tcp-unreachable', 'there is no route (IPv6 without a way out, VPN down)']],
    decide: 'probe',
  },
  {
    text: /Operation timed out after \d+ milliseconds with 0 (?:bytes|out of)/i,
    causes: [['peer-silent', 'the connection stands and nothing comes back'], ...SILENT.filter(([cause]) => cause !== 'peer-silent')],
    decide: 'bisect',
  },
  {
    text: /dial tcp(?::| .*)(?: i\/o timeout|i\/o timeout|timed out)|Connection timed out|Failed to connect|Operation timed out|connectex/i,
    causes: [
      ['tcp-timeout', 'packets to the address are dropped'],
      ['peer-silent', 'the connection stands and nothing comes back'],
    ],
    decide: 'probe',
  },
  { text: /TLS handshake timeout|SSL connection timeout|SSL connect.*timed out/i, causes: SILENT, decide: 'bisect' },
  {
    text: /Client\.Timeout|request canceled while waiting/,
    causes: [
      ['peer-silent', 'nothing came back in the time that the program allows itself'],
      ['tcp-timeout', 'or no connection stood until then'],
      ['proxy-silent', 'or the proxy took CONNECT and never answered'],
      ...SILENT.filter(([cause]) => cause !== 'peer-silent'),
    ],
    decide: 'run',
  },
  {
    text: /context deadline exceeded|request canceled|curl: \(28\)/,
    causes: [['proxy-silent', 'the proxy took CONNECT and never answered (60 s in go)'], ...SILENT],
    decide: 'run',
  },

  // HTTP behind TLS.
  {
    text: /redirected from secure URL/,
    causes: [
      ['redirect-insecure', 'the server redirects to http://, which go refuses'],
      ['captive-portal', 'a sign-in page of the network redirects to plain HTTP'],
    ],
    decide: 'run',
  },
  {
    text: /stopped after 10 redirects|Maximum \(\d+\) redirects/,
    causes: [
      ['redirect-loop', 'the server redirects in a circle'],
      ['captive-portal', 'a sign-in page sends every request to itself'],
    ],
    decide: 'run',
  },
  {
    text: /^400\b|: 400 /,
    kind: 'status',
    causes: [
      ['http-400', 'the server refuses the request'],
      ['client-cert-required', 'some servers say so when a client certificate is missing'],
    ],
    decide: 'run',
  },
  { text: /^401\b/, kind: 'status', causes: [['http-401', 'the mirror wants a login (GOAUTH, .netrc)']], decide: 'run' },
  { text: /^403\b/, kind: 'status', causes: [['http-403', 'the server or a storage host behind it forbids']], decide: 'run' },
  { text: /^(?:404|410)\b/, kind: 'status', causes: [['http-404', 'the module or version is not there']], decide: 'run' },
  {
    text: /^407\b/,
    kind: 'status',
    causes: [
      ['http-407', 'the origin, not the proxy, answered 407'],
      ['proxy-auth-required', 'GOPROXY names an HTTP proxy, which belongs into HTTPS_PROXY'],
    ],
    decide: 'run',
  },
  { text: /^429\b/, kind: 'status', causes: [['http-429', 'too many requests from this address']], decide: 'run' },
  { text: /^511\b/, kind: 'status', causes: [['captive-portal', 'the network wants a sign-in first (511)']], decide: 'run' },
  { text: /^5\d\d\b/, kind: 'status', causes: [['http-5xx', 'the server failed']], decide: 'run' },
  { text: /^4\d\d\b/, kind: 'status', causes: [['http-4xx', 'the server refuses the request']], decide: 'run' },
  {
    text: /^[12367]\d\d\b/,
    kind: 'status',
    causes: [['http-other', 'the server answered neither 200 nor an error']],
    decide: 'run',
  },
  {
    text: /\bThe requested URL returned error: (\d{3})/,
    causes: [
      ['http-403', 'the server answered with an HTTP error'],
      ['http-404', 'or has nothing there'],
      ['http-401', 'or wants a login'],
    ],
    decide: 'run',
  },
  {
    text: /checksum mismatch|SECURITY ERROR/,
    causes: [['checksum-mismatch', 'what came differs from go.sum or the checksum database']],
    decide: 'run',
  },
  {
    text: /invalid response from proxy|not a valid zip file|zip for \S+ has unexpected file|invalid character '.{1,4}' looking for beginning|proxy returned info for version|no go-import meta tags|errors parsing go\.mod/,
    causes: [
      ['invalid-module-response', 'the answer is no module data: GOPROXY lacks part of its path, or a web page came'],
      ['captive-portal', 'a sign-in or block page came with status 200'],
    ],
    decide: 'run',
  },
  {
    text: /http2: client connection lost/,
    causes: [
      ['peer-silent', 'the connection stopped answering in the middle: go’s pings came to nothing'],
      ['body-truncated', 'what was under way ended early'],
    ],
    decide: 'run',
  },
  {
    text: /http2: client connection force closed/,
    causes: [
      ['peer-closed', 'the HTTP/2 connection ended while a request waited'],
      ['http2-refused', 'the server ends HTTP/2 without an answer'],
    ],
    decide: 'run',
  },
  {
    text: /GOAWAY|REFUSED_STREAM|ENHANCE_YOUR_CALM/,
    causes: [['http2-refused', 'the server ends HTTP/2 without an answer']],
    decide: 'run',
  },
  {
    text: /stream error: .*(?:INTERNAL_ERROR|PROTOCOL_ERROR|CANCEL)|unexpected EOF/,
    kind: 'read',
    causes: [['body-truncated', 'the body ended early']],
    decide: 'run',
  },
  {
    text: /stream error: stream ID \d+; [A-Z_0-9]+/,
    causes: [
      ['http2-refused', 'the server (or a box before it) ended the HTTP/2 stream without an answer'],
      ['body-truncated', 'or in the middle of one'],
    ],
    decide: 'run',
  },
  {
    text: /RPC failed; curl 56/,
    causes: [
      ['body-truncated', 'the answer to git ended early'],
      ['peer-reset', 'the connection was reset'],
    ],
    decide: 'run',
  },
  {
    text: /transfer closed with|early EOF|curl: \(18\)|HTTP\/2 stream \d+ was not closed cleanly|curl: \(92\)/,
    causes: [
      ['body-truncated', 'the answer ended early'],
      ['http2-refused', 'the server broke the HTTP/2 stream off'],
    ],
    decide: 'run',
  },
  {
    // The first octets of a SETTINGS frame.
    text: /malformed HTTP response "\\?\\x00\\?\\x00/,
    causes: [
      ['alpn-mismatch', 'the server speaks HTTP/2 although that was not agreed on'],
      ['invalid-module-response', 'what came inside TLS is not HTTP/1.1'],
    ],
    decide: 'run',
  },
  {
    // The first octets of a TLS alert or ServerHello.
    text: /malformed HTTP response "\\?\\x1[56]\\?\\x03/,
    causes: [
      ['proxy-scheme-wrong', 'what HTTPS_PROXY names speaks TLS: the value has to begin with https://'],
      ['proxy-not-http', 'or it is a web server, no proxy'],
    ],
    decide: 'settings',
  },
  {
    text: /malformed HTTP response|malformed HTTP status|malformed MIME header|bad Content-Length|chunk(?:ed| length)|http2: frame too large|failed reading the frame payload/,
    causes: [
      ['proxy-not-http', 'what listens at HTTPS_PROXY is no HTTP proxy'],
      ['invalid-module-response', 'what came inside TLS is not HTTP'],
    ],
    decide: 'run',
  },
  {
    text: /broken pipe|client conn could not be established|readLoopPeekFailLocked|use of closed network connection|write: connection reset|errno 107|not connected/,
    causes: MIXED_END,
    decide: 'probe',
  },
  { text: /connection (?:was )?reset|errno 10054|Recv failure|forcibly closed|curl: \(56\)|ECONNRESET/i, causes: RESET, decide: 'bisect' },
  {
    text: /SSL_ERROR_SYSCALL|Unknown SSL protocol error in connection|non-properly terminated|unexpected eof while reading|curl: \(35\)|curl: \(52\)|Empty reply|SEC_E_(?:MESSAGE_ALTERED|ILLEGAL_MESSAGE|INVALID_TOKEN)|errSSLClosed|-980[56]/i,
    causes: CLOSED,
    decide: 'bisect',
  },
  { text: /A TLS fatal alert has been received/, causes: [...CLIENT_CERTIFICATE, ...NO_COMMON.slice(0, 1)], decide: 'probe' },
  { text: /^unexpected EOF$/, causes: CUT, decide: 'run' },
  { text: /^EOF$|http: server closed idle connection/, causes: CLOSED, decide: 'bisect' },
  {
    text: /dial tcp .*connect: (?:permission denied|operation not permitted)/,
    causes: [['tcp-unreachable', 'this machine itself forbids the connection: a sandbox, a local firewall, SELinux']],
    decide: 'run',
  },

  // git asks for a login, or knows no such version; go passes its words on.
  {
    text: /could not read (?:Username|Password) for '?https?:|terminal prompts disabled|Authentication failed for '?https?:/,
    causes: [
      ['http-401', 'TLS is fine: git wants a login for this repository and may not ask (a token in .netrc, or a credential helper)'],
    ],
    decide: 'run',
  },
  {
    text: /: unknown revision \S+|no matching versions for query|invalid version: unknown revision/,
    causes: [
      ['http-404', 'TLS is fine: the mirror or repository has no such version'],
      ['http-401', 'or the repository is private, and shows itself only to those who log in'],
    ],
    decide: 'run',
  },

  // What hides a failure.
  {
    text: /no (?:secure )?protocol found for repository/,
    causes: [...HIDDEN, ['unknown-authority', 'git itself refused the host’s certificate; its words are lost']],
    decide: 'run',
  },
  {
    text: /missing go\.sum entry|main module does not need (?:package|module)|no required module provides package/,
    causes: HIDDEN,
    decide: 'run',
  },
  {
    text: /toolchain not available/,
    causes: [
      ['http-404', 'no mirror of GOPROXY has this toolchain (404 or 410): there is no such version, or the mirror carries no toolchains'],
      [
        'hidden-failure',
        'a setting keeps go from the mirrors (GOPROXY=off or direct, GOPRIVATE=*); a failure of TLS has words of its own here',
      ],
    ],
    decide: 'settings',
  },
  {
    text: /module lookup disabled by GOPROXY=off|checksum database disabled/,
    causes: [['hidden-failure', 'a setting keeps go from the network (GOPROXY=off or direct, GOPRIVATE=*, GOSUMDB=off)']],
    decide: 'settings',
  },

  // The reason phrase of a refused CONNECT is all that go prints of it.
  { kind: 'get', text: /^Proxy Authentication Required$/, causes: [['proxy-auth-required', 'the proxy wants a login']], decide: 'run' },
  {
    kind: 'get',
    text: /^Network Authentication Required$/,
    causes: [['captive-portal', 'the network wants a sign-in first (511)']],
    decide: 'run',
  },
  {
    kind: 'get',
    text: /^(?:Found|Moved Permanently|Moved Temporarily|See Other|Temporary Redirect|Permanent Redirect)$/,
    causes: [
      ['captive-portal', 'CONNECT was answered with a redirect: a sign-in or block page'],
      ['proxy-forbidden', 'the proxy redirects to its block page'],
    ],
    decide: 'run',
  },
  {
    kind: 'get',
    text: /^(?:Bad Gateway|Service Unavailable|Gateway Time-?out|Internal Server Error)$/i,
    causes: [['proxy-bad-gateway', 'the proxy cannot reach the host']],
    decide: 'run',
  },
  {
    kind: 'get',
    text: /^(?:Method Not Allowed|Bad Request|Not Found|Not Implemented|Created|No Content|Continue|unknown status code)$/i,
    causes: [
      ['proxy-not-http', 'what listens at HTTPS_PROXY is a web server, no proxy'],
      ['proxy-forbidden', 'the proxy refuses in odd words'],
    ],
    decide: 'run',
  },
  {
    kind: 'get',
    text: /^[^:"]{0,120}$/,
    causes: [
      ['proxy-forbidden', 'these are the proxy’s own words for refusing CONNECT: go prints nothing else of it'],
      ['proxy-bad-gateway', 'or for not reaching the host'],
    ],
    decide: 'run',
  },
]
