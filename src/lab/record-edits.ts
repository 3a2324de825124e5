/** What a box on the path does to records: damages one, or puts another Finished in the server's place. */
import { createCipheriv, createDecipheriv, createHmac } from 'node:crypto'
import type { PassingRecord, RecordEdit, Way } from './record-relay.ts'

/** Turn one bit over in the n-th protected record of a way. */
export function damageRecord(way: Way, protectedIndex: number): () => RecordEdit {
  return () => (record) => (record.way === way && record.protectedIndex === protectedIndex ? flip(record.octets, -1) : record.octets)
}

/** Put a record in the place of the n-th protected one whose header announces this much. */
export function oversizeRecord(protectedIndex: number, lengthBytes: number): () => RecordEdit {
  return () => (record) => {
    if (record.way !== 'to-client' || record.protectedIndex !== protectedIndex) return record.octets
    const octets = Buffer.alloc(5 + lengthBytes, 0x5a)
    record.octets.copy(octets, 0, 0, 3)
    octets.writeUInt16BE(lengthBytes, 3)
    return octets
  }
}

/** Cut the connection by a reset where the server sends an alert in clear. */
export function resetInsteadOfAlert(): RecordEdit {
  return ({ way, octets }) => (way === 'to-client' && octets[0] === 21 ? 'reset' : octets)
}

/** Change the ClientHello in a place that both sides ignore: the last suite of its list, which a server does not take while a better one is there. */
export function alterHello(): RecordEdit {
  return ({ way, index, octets }) => {
    if (way !== 'to-server' || index !== 0) return octets
    const suites = 44 + octets.readUInt8(43)
    return flip(octets, suites + 1 + octets.readUInt16BE(suites))
  }
}

/**
 * Put a wrong verify_data into the server's Finished and protect it again with the session's own keys.
 * @param keyLog NSS lines of the origin behind the box, as far as they are known when the record passes
 */
export function forgeFinished(keyLog: readonly string[]): () => RecordEdit {
  return () => {
    let clientRandom = ''
    let serverRandom = ''
    return (record) => {
      const { octets, way } = record
      if (octets[0] === 22 && record.protectedIndex < 0 && octets[5] === 1) clientRandom = octets.subarray(11, 43).toString('hex')
      if (octets[0] === 22 && record.protectedIndex < 0 && octets[5] === 2) serverRandom = octets.subarray(11, 43).toString('hex')
      if (way === 'to-server' || record.protectedIndex < 0) return octets
      const secretOf = (label: string) => findSecret(keyLog, label, clientRandom)
      if (octets[0] === 22) return forge12(octets, record.protectedIndex, secretOf('CLIENT_RANDOM'), serverRandom + clientRandom)
      return forge13(record, secretOf('SERVER_HANDSHAKE_TRAFFIC_SECRET'))
    }
  }
}

function findSecret(keyLog: readonly string[], label: string, clientRandom: string): Buffer | undefined {
  const line = keyLog.find((one) => one.startsWith(`${label} ${clientRandom} `))
  return line === undefined ? undefined : Buffer.from(line.split(' ')[2] ?? '', 'hex')
}

/** TLS 1.3 with AES-GCM: the record that holds Finished alone. */
function forge13({ octets, protectedIndex }: PassingRecord, secret: Buffer | undefined): Buffer {
  const hash = secret?.length === 48 ? 'sha384' : 'sha256'
  const hashBytes = secret?.length ?? 0
  if (secret === undefined || octets.length !== 5 + 4 + hashBytes + 1 + 16) return octets
  const key = expandLabel(hash, secret, 'key', hashBytes === 48 ? 32 : 16)
  const nonce = expandLabel(hash, secret, 'iv', 12)
  nonce.writeUInt32BE((nonce.readUInt32BE(8) ^ protectedIndex) >>> 0, 8)
  return reseal(octets, { key, nonce, additional: octets.subarray(0, 5), explicitBytes: 0 })
}

/** TLS 1.2 with AES-GCM: the first protected record of the server. */
function forge12(octets: Buffer, protectedIndex: number, master: Buffer | undefined, randoms: string): Buffer {
  if (master === undefined || protectedIndex !== 0) return octets
  const keyBytes = 16
  const block = prf(master, 'key expansion', Buffer.from(randoms, 'hex'), 2 * keyBytes + 8)
  const nonce = Buffer.concat([block.subarray(2 * keyBytes + 4), octets.subarray(5, 13)])
  const additional = Buffer.concat([Buffer.alloc(8), octets.subarray(0, 3), Buffer.from([0, 16])])
  return reseal(octets, { key: block.subarray(keyBytes, 2 * keyBytes), nonce, additional, explicitBytes: 8 })
}

interface Seal {
  readonly key: Buffer
  readonly nonce: Buffer
  readonly additional: Buffer
  readonly explicitBytes: number
}

/** Open a record, turn over a bit of verify_data, close it again. */
function reseal(octets: Buffer, { key, nonce, additional, explicitBytes }: Seal): Buffer {
  const name = key.length === 32 ? 'aes-256-gcm' : 'aes-128-gcm'
  const opener = createDecipheriv(name, key, nonce).setAAD(additional)
  opener.setAuthTag(octets.subarray(-16))
  const content = Buffer.concat([opener.update(octets.subarray(5 + explicitBytes, -16)), opener.final()])
  const sealer = createCipheriv(name, key, nonce).setAAD(additional)
  return Buffer.concat([octets.subarray(0, 5 + explicitBytes), sealer.update(flip(content, 4)), sealer.final(), sealer.getAuthTag()])
}

function flip(octets: Buffer, at: number): Buffer {
  const changed = Buffer.from(octets)
  const place = at < 0 ? changed.length + at : at
  changed.writeUInt8(changed.readUInt8(place) ^ 1, place)
  return changed
}

function expandLabel(hash: string, secret: Buffer, label: string, lengthBytes: number): Buffer {
  const name = Buffer.from(`tls13 ${label}`)
  const head = Buffer.concat([Buffer.from([0, lengthBytes, name.length]), name, Buffer.from([0, 1])])
  return createHmac(hash, secret).update(head).digest().subarray(0, lengthBytes)
}

/** RFC 5246 section 5, with SHA-256. */
function prf(secret: Buffer, label: string, seed: Buffer, lengthBytes: number): Buffer {
  const start = Buffer.concat([Buffer.from(label), seed])
  const mac = (octets: Buffer) => createHmac('sha256', secret).update(octets).digest()
  const blocks: Buffer[] = []
  for (let link = mac(start); Buffer.concat(blocks).length < lengthBytes; link = mac(link)) blocks.push(mac(Buffer.concat([link, start])))
  return Buffer.concat(blocks).subarray(0, lengthBytes)
}
