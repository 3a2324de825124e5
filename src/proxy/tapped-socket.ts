import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import type { Direction } from '../contract/terms.ts'

/** Stand before a socket and see all octets of both directions, each before it goes on. Errors and ends pass through. */
export function tapSocket(socket: Socket, onOctets: (direction: Direction, octets: Buffer) => void): Duplex {
  const tapped = new Duplex({
    read: () => void socket.resume(),
    write(octets: Buffer, _encoding, done) {
      onOctets('client-to-server', octets)
      socket.write(octets, done)
    },
    final: (done) => void socket.end(done),
    destroy(error, done) {
      socket.destroy()
      done(error)
    },
  })
  socket.on('data', (octets: Buffer) => {
    onOctets('server-to-client', octets)
    if (!tapped.push(octets)) socket.pause()
  })
  socket.on('end', () => tapped.push(null))
  socket.on('error', (error) => tapped.destroy(error))
  return tapped
}
