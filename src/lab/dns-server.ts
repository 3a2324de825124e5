/** A name server of the lab (RFC 1035) for the e2e namespace, whose resolv.conf names 127.0.0.1. One per process, shared by the cases that need it. */
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'

/** Names begin with the id of their case; any other name does not exist. */
const ANSWERS: Readonly<Record<string, number | 'silence'>> = {
  'dns-nxdomain': 3,
  'dns-servfail': 2,
  'dns-no-address': 0,
  'dns-timeout': 'silence',
}
const NXDOMAIN = 3

let shared: { socket: Promise<Socket>; users: number } | undefined

/** Start the name server on 127.0.0.1:53 unless it is up; the result gives it back. @throws EACCES or EADDRINUSE outside the namespace */
export async function useDnsServer(): Promise<() => Promise<void>> {
  shared ??= { socket: bindServer(), users: 0 }
  const mine = shared
  mine.users += 1
  const socket = await mine.socket
  return async () => {
    mine.users -= 1
    if (mine.users > 0) return
    shared = undefined
    await new Promise<void>((resolve) => socket.close(() => resolve()))
  }
}

/** The reply to one query, undefined for silence. Every answer is empty: what matters is the response code. */
export function answerQuery(query: Buffer): Buffer | undefined {
  const { name, end } = readQuestion(query)
  const outcome = ANSWERS[name.split('.')[0] ?? ''] ?? NXDOMAIN
  if (outcome === 'silence') return undefined
  const reply = Buffer.from(query.subarray(0, end))
  reply.writeUInt16BE(0x8180 | outcome, 2)
  reply.writeUInt16BE(1, 4)
  reply.fill(0, 6, 12)
  return reply
}

function bindServer(): Promise<Socket> {
  // Two processes may each have theirs: they answer alike, whichever of them the kernel asks.
  const socket = createSocket({ type: 'udp4', reuseAddr: true })
  socket.on('message', (query: Buffer, from: RemoteInfo) => {
    const reply = answerQuery(query)
    if (reply !== undefined) socket.send(reply, from.port, from.address)
  })
  return new Promise((resolve, reject) => {
    socket.once('error', reject)
    socket.bind(53, '127.0.0.1', () => resolve(socket))
  })
}

/** The first question's name in lower case and the offset behind it, counted from the message's start. */
function readQuestion(query: Buffer): { name: string; end: number } {
  const labels: string[] = []
  let at = 12
  while (at < query.length && query.readUInt8(at) > 0) {
    const length = query.readUInt8(at)
    labels.push(query.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
  return { name: labels.join('.').toLowerCase(), end: at + 5 }
}
