/** Portals in the other places where they are met. */
import type { Socket } from 'node:net'
import type { LabCase } from '../case.ts'
import { mintChain } from '../chain.ts'
import { defineHttpCase } from '../http-case.ts'
import { sendReply, textReply } from '../module-server.ts'
import { defineParentCase } from '../parent-case.ts'
import { refuseConnect } from '../parent-proxy.ts'
import { defineTcpCase } from '../tcp-case.ts'
import { raiseTwoMirrors } from '../two-mirrors.ts'
import { labHost } from '../world.ts'

const PAGE = '<html><title>Welcome</title>sign in to use this network</html>'
const BLOCKED = '<html><title>Web page blocked</title>Access denied by the rules of this network</html>'

export const PORTAL_VARIANTS: readonly LabCase[] = [
  defineParentCase({
    id: 'captive-portal/511',
    summary: 'CONNECT is answered with 511',
    behaviour: refuseConnect('511 Network Authentication Required', [], PAGE),
    expect: atConnect(),
  }),
  defineParentCase({
    id: 'captive-portal/page',
    summary: 'CONNECT is answered with 200 and a page',
    behaviour: answerWithPage,
    expect: atConnect(),
  }),
  defineTcpCase({
    id: 'captive-portal/clear',
    summary: 'the ClientHello is answered with a redirect to a sign-in page, in clear',
    expect: { cause: 'captive-portal', leg: 'upstream', stage: 'server-hello' },
    behaviour: {
      onFirstBytes: (socket) =>
        socket.end('HTTP/1.1 302 Found\r\nLocation: http://portal.hotel.example/login\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    },
  }),
  defineTcpCase({
    id: 'captive-portal/block-page',
    summary: 'the ClientHello is answered with the block page of a gateway, in clear',
    expect: { cause: 'captive-portal', leg: 'upstream', stage: 'server-hello' },
    behaviour: {
      onFirstBytes: (socket) =>
        socket.end(
          `HTTP/1.1 403 Forbidden\r\nServer: FortiGate\r\nContent-Length: ${BLOCKED.length}\r\nConnection: close\r\n\r\n${BLOCKED}`,
        ),
    },
  }),
  defineTcpCase({
    id: 'plain-http-on-tls-port/greets',
    summary: 'the port speaks plain HTTP, and greets whatever it is sent',
    expect: { cause: 'plain-http-on-tls-port', leg: 'upstream', stage: 'server-hello' },
    behaviour: {
      onFirstBytes: (socket) =>
        socket.end('HTTP/1.1 200 OK\r\nServer: nginx\r\nContent-Length: 17\r\nConnection: close\r\n\r\n<h1>It works</h1>'),
    },
  }),
  defineHttpCase({
    id: 'captive-portal/redirect',
    summary: 'the module is redirected to a sign-in page over plain http',
    expect: { cause: 'captive-portal', leg: 'upstream', stage: 'application-data', needsWitness: true },
    answer: (_request, response) => sendReply(response, textReply(302, 'this way', { location: 'http://login.hotel-wifi.example/' })),
  }),
  definePortalCertificateCase('captive-portal/certificate', 'the same server, with its own certificate, answers for all hosts'),
]

/** The page follows as the answer to the ClientHello: go throws away what stands in one segment with the head. */
function answerWithPage(socket: Socket): void {
  socket.once('data', () => socket.end(PAGE))
  socket.write(`HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${PAGE.length}\r\n\r\n`)
}

function atConnect(): LabCase['expect'] {
  return { cause: 'captive-portal', leg: 'parent', stage: 'proxy-connect' }
}

function definePortalCertificateCase(id: string, summary: string): LabCase {
  return {
    id,
    summary,
    expect: { cause: 'captive-portal', leg: 'upstream', stage: 'certificate' },
    async up(world) {
      const chain = await mintChain('ok', world.now, { host: 'www.hotel.example' })
      return raiseTwoMirrors(world, chain, [labHost(id, world), 'mirror.another-network.test'])
    },
  }
}
