/** Go's checks on groups and key shares (processHelloRetryRequest, processServerHello and establishHandshakeKeys of handshake_client_tls13.go). */
import { ECDH } from 'node:crypto'
import type { ClientHello } from '../contract/handshake.ts'
import { toHex16 } from '../tls/octets.ts'
import { nameGroup } from '../tls/registry.ts'
import type { GoServerHello } from './go-messages.ts'
import { type GoRefusal, type RefusalParts, refuse } from './go-refusal.ts'

/** Whether go would follow this HelloRetryRequest. */
export function checkRetry(retry: GoServerHello, offered: ClientHello, minor: number): GoRefusal | undefined {
  const object = (parts: Omit<RefusalParts, 'fault' | 'field'> & Partial<RefusalParts>) =>
    refuse({ fault: 'illegal', field: 'key_share', message: 'HelloRetryRequest', ...parts })
  if (retry.hasEch) {
    const text = `tls: unexpected ${minor === 23 ? 'ECH' : 'encrypted client hello'} extension in serverHello`
    return object({ text, alert: 110, field: 'encrypted_client_hello', seen: 'this extension', wanted: 'none: it was not offered' })
  }
  const { selectedGroup } = retry
  if (selectedGroup === 0 && !retry.hasCookie) {
    const text = 'tls: server sent an unnecessary HelloRetryRequest message'
    return object({ text, alert: 47, field: 'extensions', seen: 'neither a group nor a cookie', wanted: 'a change of the ClientHello' })
  }
  if (retry.shareGroup !== 0) {
    const text = 'tls: received malformed key_share extension'
    return object({ text, alert: 50, seen: `a share for ${describeGroup(retry.shareGroup)}`, wanted: 'a group alone' })
  }
  if (selectedGroup === 0) return undefined
  if (!isOffered(selectedGroup, offered)) {
    const text = 'tls: server selected unsupported group'
    return object({ fault: 'group', text, alert: 47, seen: describeGroup(selectedGroup), wanted: 'a group that was offered' })
  }
  if (!hasShare(selectedGroup, offered)) return undefined
  const text = 'tls: server sent an unnecessary HelloRetryRequest key_share'
  return object({ text, alert: 47, seen: describeGroup(selectedGroup), wanted: 'a group of which no share was sent' })
}

/** Whether go would take this ServerHello's key share. */
export function checkShare(hello: GoServerHello, offered: ClientHello, minor: number): GoRefusal | undefined {
  const object = (parts: Omit<RefusalParts, 'fault' | 'field'> & Partial<RefusalParts>) =>
    refuse({ fault: 'illegal', field: 'key_share', ...parts })
  const { shareGroup } = hello
  if (hello.hasCookie) {
    const text = 'tls: server sent a cookie in a normal ServerHello'
    return object({ text, alert: 110, field: 'cookie', seen: 'a cookie', wanted: 'none outside HelloRetryRequest' })
  }
  if (hello.selectedGroup !== 0) {
    const text = 'tls: malformed key_share extension'
    return object({ text, alert: 50, seen: `the group ${describeGroup(hello.selectedGroup)} alone`, wanted: 'a group and its share' })
  }
  if (shareGroup === 0) return object({ text: 'tls: server did not send a key share', alert: 47, seen: 'none', wanted: 'a key share' })
  if (!hasShare(shareGroup, offered)) {
    const wanted = isOffered(shareGroup, offered) ? 'a group of which a share was sent' : 'a group that was offered'
    const fault = isOffered(shareGroup, offered) ? 'illegal' : 'group'
    return object({ fault, text: 'tls: server selected unsupported group', alert: 47, seen: describeGroup(shareGroup), wanted })
  }
  if (hello.pskIdentity !== null) {
    const text = 'tls: server selected an invalid PSK'
    return object({ text, alert: 47, field: 'pre_shared_key', seen: `identity ${hello.pskIdentity}`, wanted: 'none: none was offered' })
  }
  return checkShareOctets(hello, minor)
}

function checkShareOctets({ shareGroup, share }: GoServerHello, minor: number): GoRefusal | undefined {
  const lengthBytes = SHARE_BYTES[shareGroup]
  const isLong = lengthBytes === undefined || share.length === lengthBytes
  const isPoint = isLong && isOnCurve(shareGroup, share)
  if (isPoint && !isLowOrder(shareGroup, share)) return undefined
  const isHybridLength = shareGroup === X25519MLKEM768 && !isLong && (minor === 24 || minor === 25)
  return refuse({
    fault: 'illegal',
    text: isHybridLength ? 'tls: invalid server X25519MLKEM768 key share' : 'tls: invalid server key share',
    alert: 47,
    field: 'key_share.key_exchange',
    seen: isLong ? 'a value that is no point of the group' : `${share.length} octets`,
    wanted: isLong ? `a point of ${nameGroup(shareGroup).name}` : `${lengthBytes} octets for ${nameGroup(shareGroup).name}`,
  })
}

/** Go takes uncompressed points only, and none beside the curve. */
function isOnCurve(group: number, share: Uint8Array): boolean {
  const curve = CURVES[group]
  if (curve === undefined) return true
  const point = share.subarray(0, curve.pointBytes)
  if (point[0] !== UNCOMPRESSED) return false
  try {
    ECDH.convertKey(point, curve.name)
    return true
  } catch {
    return false
  }
}

/** X25519 refuses an all-zero result; the points 0 and 1 surely give it. */
function isLowOrder(group: number, share: Uint8Array): boolean {
  if (group !== X25519 && group !== X25519MLKEM768) return false
  const [first, ...others] = share.subarray(-32)
  return (first ?? 0) <= 1 && others.every((octet) => octet === 0)
}

function isOffered(group: number, { supportedGroups }: ClientHello): boolean {
  return supportedGroups.some(({ id }) => id === group)
}

function hasShare(group: number, { keyShares }: ClientHello): boolean {
  return keyShares.some((share) => share.group.id === group)
}

/** "x448 (0x001e)" */
export function describeGroup(id: number): string {
  return `${nameGroup(id).name} (${toHex16(id)})`
}

const X25519 = 29
const X25519MLKEM768 = 4588
const UNCOMPRESSED = 4

/** Octets of a server's share: the point, behind an ML-KEM ciphertext in the hybrids. */
const SHARE_BYTES: Readonly<Record<number, number>> = { 23: 65, 24: 97, 25: 133, 29: 32, 4587: 65 + 1088, 4588: 1088 + 32, 4589: 97 + 1568 }

/** Curves by OpenSSL's names; in the hybrids the point comes first. */
const CURVES: Readonly<Record<number, { readonly name: string; readonly pointBytes: number }>> = {
  23: { name: 'prime256v1', pointBytes: 65 },
  24: { name: 'secp384r1', pointBytes: 97 },
  25: { name: 'secp521r1', pointBytes: 133 },
  4587: { name: 'prime256v1', pointBytes: 65 },
  4589: { name: 'secp384r1', pointBytes: 97 },
}
