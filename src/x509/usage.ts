/** Names of KeyUsage bits (RFC 5280 section 4.2.1.3), by bit number. */
export const KEY_USAGES = [
  'digitalSignature',
  'contentCommitment',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
  'encipherOnly',
  'decipherOnly',
] as const

/** The bit of `Certificate.keyUsage` for signing certificates. */
export const KEY_CERT_SIGN = 1 << 5

/** Purposes of extKeyUsage that a server certificate is judged by. */
export const EXT_KEY_USAGE = { any: '2.5.29.37.0', serverAuth: '1.3.6.1.5.5.7.3.1' } as const

/** The name of an extended key usage ("serverAuth"), or its OID where it has none that Go knows. */
export function nameExtKeyUsage(oid: string): string {
  return EXT_KEY_USAGE_NAMES[oid] ?? oid
}

/** The names of the bits that are set. */
export function nameKeyUsages(bits: number): readonly string[] {
  return KEY_USAGES.filter((_, i) => (bits & (1 << i)) !== 0)
}

/** Whether Go knows this extended key usage; unknown ones can never match a wanted one. */
const EXT_KEY_USAGE_NAMES: Readonly<Record<string, string>> = {
  [EXT_KEY_USAGE.any]: 'anyExtendedKeyUsage',
  [EXT_KEY_USAGE.serverAuth]: 'serverAuth',
  '1.3.6.1.5.5.7.3.2': 'clientAuth',
  '1.3.6.1.5.5.7.3.3': 'codeSigning',
  '1.3.6.1.5.5.7.3.4': 'emailProtection',
  '1.3.6.1.5.5.7.3.5': 'ipsecEndSystem',
  '1.3.6.1.5.5.7.3.6': 'ipsecTunnel',
  '1.3.6.1.5.5.7.3.7': 'ipsecUser',
  '1.3.6.1.5.5.7.3.8': 'timeStamping',
  '1.3.6.1.5.5.7.3.9': 'OCSPSigning',
  '1.3.6.1.4.1.311.10.3.3': 'msSGC',
  '2.16.840.1.113730.4.1': 'nsSGC',
  '1.3.6.1.4.1.311.2.1.22': 'msCodeCom',
  '1.3.6.1.4.1.311.61.1.1': 'msKernelCode',
}
