/** All causes in order of priority: the first that finds itself is the diagnosis; a deeper one stands before a shallower one. */
import { alert } from './alert.ts'
import { alpnMismatch } from './alpn-mismatch.ts'
import { badRecordMac } from './bad-record-mac.ts'
import { bodyTruncated } from './body-truncated.ts'
import { captivePortal } from './captive-portal.ts'
import { certExpired } from './cert-expired.ts'
import { certIpNoSan } from './cert-ip-no-san.ts'
import { certMalformed } from './cert-malformed.ts'
import { certNameMismatch } from './cert-name-mismatch.ts'
import { certNegativeSerial } from './cert-negative-serial.ts'
import { certNoSan } from './cert-no-san.ts'
import { certNotYetValid } from './cert-not-yet-valid.ts'
import { certSelfSigned } from './cert-self-signed.ts'
import { chainOrder } from './chain-order.ts'
import { chainSignatureInvalid } from './chain-signature-invalid.ts'
import { checksumMismatch } from './checksum-mismatch.ts'
import { clientCertRequired } from './client-cert-required.ts'
import { clientClockWrong } from './client-clock-wrong.ts'
import { clientDistrustsProxyCa } from './client-distrusts-proxy-ca.ts'
import { clientHelloTooLarge } from './client-hello-too-large.ts'
import { clientRootsMissing } from './client-roots-missing.ts'
import { dnsNoAddress } from './dns-no-address.ts'
import { dnsNxdomain } from './dns-nxdomain.ts'
import { dnsServfail } from './dns-servfail.ts'
import { dnsTimeout } from './dns-timeout.ts'
import { downgradeDetected } from './downgrade-detected.ts'
import { ekuMismatch } from './eku-mismatch.ts'
import { emptyCertificate } from './empty-certificate.ts'
import { finishedMismatch } from './finished-mismatch.ts'
import { handshakeMessageTooLarge } from './handshake-message-too-large.ts'
import { hrrLoop } from './hrr-loop.ts'
import { http4xx } from './http-4xx.ts'
import { http5xx } from './http-5xx.ts'
import { http400 } from './http-400.ts'
import { http401 } from './http-401.ts'
import { http403 } from './http-403.ts'
import { http404 } from './http-404.ts'
import { http407 } from './http-407.ts'
import { http429 } from './http-429.ts'
import { httpOther } from './http-other.ts'
import { http2Refused } from './http2-refused.ts'
import { inspectionCaUntrusted } from './inspection-ca-untrusted.ts'
import { intermediateExpired } from './intermediate-expired.ts'
import { invalidModuleResponse } from './invalid-module-response.ts'
import { issuerNotCa } from './issuer-not-ca.ts'
import { keyMismatch } from './key-mismatch.ts'
import { malformedServerHello } from './malformed-server-hello.ts'
import { md5Signature } from './md5-signature.ts'
import { missingIntermediate } from './missing-intermediate.ts'
import { nameConstraints } from './name-constraints.ts'
import { noCommonCipher } from './no-common-cipher.ts'
import { noCommonGroup } from './no-common-group.ts'
import { notTls } from './not-tls.ts'
import { pathLengthExceeded } from './path-length-exceeded.ts'
import { peerClosed } from './peer-closed.ts'
import { peerReset } from './peer-reset.ts'
import { peerSilent } from './peer-silent.ts'
import { plainHttpOnTlsPort } from './plain-http-on-tls-port.ts'
import { proxyAuthRequired } from './proxy-auth-required.ts'
import { proxyBadGateway } from './proxy-bad-gateway.ts'
import { proxyCertInvalid } from './proxy-cert-invalid.ts'
import { proxyClosed } from './proxy-closed.ts'
import { proxyForbidden } from './proxy-forbidden.ts'
import { proxyNotHttp } from './proxy-not-http.ts'
import { proxyReset } from './proxy-reset.ts'
import { proxySchemeWrong } from './proxy-scheme-wrong.ts'
import { proxySilent } from './proxy-silent.ts'
import { proxyUnreachable } from './proxy-unreachable.ts'
import { proxyUrlInvalid } from './proxy-url-invalid.ts'
import { recordOversized } from './record-oversized.ts'
import { redirectInsecure } from './redirect-insecure.ts'
import { redirectLoop } from './redirect-loop.ts'
import { renegotiationRefused } from './renegotiation-refused.ts'
import { rootExpired } from './root-expired.ts'
import { rsaKeyTooLarge } from './rsa-key-too-large.ts'
import { serverVersionTooOld } from './server-version-too-old.ts'
import { sha1Signature } from './sha1-signature.ts'
import { sniFiltered } from './sni-filtered.ts'
import { tcpRefused } from './tcp-refused.ts'
import { tcpTimeout } from './tcp-timeout.ts'
import { tcpUnreachable } from './tcp-unreachable.ts'
import { tls13Intolerant } from './tls13-intolerant.ts'
import { unexpectedMessage } from './unexpected-message.ts'
import { unhandledCriticalExtension } from './unhandled-critical-extension.ts'
import { unknownAuthority } from './unknown-authority.ts'
import { unsupportedPublicKey } from './unsupported-public-key.ts'
import { weakRsaKey } from './weak-rsa-key.ts'

export const CAUSES = [
  proxyUrlInvalid,
  dnsNxdomain,
  dnsServfail,
  dnsNoAddress,
  dnsTimeout,
  tcpRefused,
  tcpTimeout,
  tcpUnreachable,
  proxyUnreachable,
  captivePortal,
  proxyCertInvalid,
  proxySchemeWrong,
  proxyForbidden,
  proxyAuthRequired,
  proxyBadGateway,
  proxyClosed,
  proxyReset,
  proxySilent,
  proxyNotHttp,
  noCommonCipher,
  noCommonGroup,
  alpnMismatch,
  clientHelloTooLarge,
  sniFiltered,
  tls13Intolerant,
  plainHttpOnTlsPort,
  notTls,
  recordOversized,
  serverVersionTooOld,
  downgradeDetected,
  hrrLoop,
  malformedServerHello,
  unexpectedMessage,
  clientCertRequired,
  handshakeMessageTooLarge,
  emptyCertificate,
  certNegativeSerial,
  certMalformed,
  rsaKeyTooLarge,
  chainOrder,
  clientClockWrong,
  certExpired,
  certNotYetValid,
  certNameMismatch,
  certNoSan,
  certIpNoSan,
  clientDistrustsProxyCa,
  clientRootsMissing,
  inspectionCaUntrusted,
  missingIntermediate,
  certSelfSigned,
  intermediateExpired,
  rootExpired,
  chainSignatureInvalid,
  sha1Signature,
  md5Signature,
  issuerNotCa,
  pathLengthExceeded,
  unhandledCriticalExtension,
  ekuMismatch,
  nameConstraints,
  weakRsaKey,
  unsupportedPublicKey,
  unknownAuthority,
  keyMismatch,
  finishedMismatch,
  badRecordMac,
  renegotiationRefused,
  redirectInsecure,
  redirectLoop,
  checksumMismatch,
  bodyTruncated,
  invalidModuleResponse,
  http2Refused,
  http400,
  http401,
  http403,
  http404,
  http407,
  http429,
  http4xx,
  http5xx,
  httpOther,
  alert,
  peerReset,
  peerClosed,
  peerSilent,
] as const

/** The ids of all causes; `alert-*` stands for its family. */
export type CauseId = (typeof CAUSES)[number]['id']
