/** All lab cases by id: one for each cause, and `ok`. A cause without a case does not compile. */
import type { CauseId } from '../../diagnosis/causes/index.ts'
import type { LabCase } from '../case.ts'
import { ALERT_CASES } from './alerts.ts'
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
import { ok } from './ok.ts'
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

export const LAB_CASES = {
  ok,
  'dns-nxdomain': dnsNxdomain,
  'dns-servfail': dnsServfail,
  'dns-no-address': dnsNoAddress,
  'dns-timeout': dnsTimeout,
  'tcp-refused': tcpRefused,
  'tcp-timeout': tcpTimeout,
  'tcp-unreachable': tcpUnreachable,
  'proxy-unreachable': proxyUnreachable,
  'captive-portal': captivePortal,
  'proxy-cert-invalid': proxyCertInvalid,
  'proxy-scheme-wrong': proxySchemeWrong,
  'proxy-url-invalid': proxyUrlInvalid,
  'proxy-forbidden': proxyForbidden,
  'proxy-auth-required': proxyAuthRequired,
  'proxy-bad-gateway': proxyBadGateway,
  'proxy-closed': proxyClosed,
  'proxy-reset': proxyReset,
  'proxy-silent': proxySilent,
  'proxy-not-http': proxyNotHttp,
  'peer-reset': peerReset,
  'peer-closed': peerClosed,
  'peer-silent': peerSilent,
  'plain-http-on-tls-port': plainHttpOnTlsPort,
  'not-tls': notTls,
  'record-oversized': recordOversized,
  'server-version-too-old': serverVersionTooOld,
  'no-common-cipher': noCommonCipher,
  'client-hello-too-large': clientHelloTooLarge,
  'sni-filtered': sniFiltered,
  'tls13-intolerant': tls13Intolerant,
  'no-common-group': noCommonGroup,
  'alpn-mismatch': alpnMismatch,
  'downgrade-detected': downgradeDetected,
  'hrr-loop': hrrLoop,
  'malformed-server-hello': malformedServerHello,
  'unexpected-message': unexpectedMessage,
  'client-cert-required': clientCertRequired,
  'cert-expired': certExpired,
  'cert-not-yet-valid': certNotYetValid,
  'intermediate-expired': intermediateExpired,
  'root-expired': rootExpired,
  'cert-name-mismatch': certNameMismatch,
  'cert-no-san': certNoSan,
  'cert-ip-no-san': certIpNoSan,
  'cert-self-signed': certSelfSigned,
  'inspection-ca-untrusted': inspectionCaUntrusted,
  'unknown-authority': unknownAuthority,
  'missing-intermediate': missingIntermediate,
  'client-clock-wrong': clientClockWrong,
  'client-roots-missing': clientRootsMissing,
  'client-distrusts-proxy-ca': clientDistrustsProxyCa,
  'cert-negative-serial': certNegativeSerial,
  'cert-malformed': certMalformed,
  'chain-order': chainOrder,
  'chain-signature-invalid': chainSignatureInvalid,
  'sha1-signature': sha1Signature,
  'md5-signature': md5Signature,
  'weak-rsa-key': weakRsaKey,
  'rsa-key-too-large': rsaKeyTooLarge,
  'unsupported-public-key': unsupportedPublicKey,
  'name-constraints': nameConstraints,
  'path-length-exceeded': pathLengthExceeded,
  'issuer-not-ca': issuerNotCa,
  'eku-mismatch': ekuMismatch,
  'unhandled-critical-extension': unhandledCriticalExtension,
  'empty-certificate': emptyCertificate,
  'handshake-message-too-large': handshakeMessageTooLarge,
  'key-mismatch': keyMismatch,
  'finished-mismatch': finishedMismatch,
  'bad-record-mac': badRecordMac,
  'renegotiation-refused': renegotiationRefused,
  'http-400': http400,
  'http-401': http401,
  'http-403': http403,
  'http-404': http404,
  'http-407': http407,
  'http-429': http429,
  'http-4xx': http4xx,
  'http-5xx': http5xx,
  'http-other': httpOther,
  'redirect-insecure': redirectInsecure,
  'redirect-loop': redirectLoop,
  'body-truncated': bodyTruncated,
  'invalid-module-response': invalidModuleResponse,
  'checksum-mismatch': checksumMismatch,
  'http2-refused': http2Refused,
  ...ALERT_CASES,
} satisfies Record<Exclude<CauseId, 'alert-*'> | 'ok', LabCase>
