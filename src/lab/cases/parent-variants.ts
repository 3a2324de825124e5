/** Further parent proxies: https with certificates of its own, socks5, logins that go does not speak. */
import type { LabCase, LabExpectation } from '../case.ts'
import { defineParentCase, type NamedProxy } from '../parent-case.ts'
import { refuseConnect, tunnelToLoopback } from '../parent-proxy.ts'

const NOTHING: LabExpectation = { cause: 'ok', leg: null, stage: null }

export const PARENT_VARIANTS: readonly LabCase[] = [
  defineParentCase({
    id: 'ok/https-parent',
    summary: 'through a sound https parent proxy with a private CA that the client trusts',
    behaviour: tunnelToLoopback,
    tls: {},
    expect: NOTHING,
  }),
  defineParentCase({
    id: 'ok/https-parent-tls12',
    summary: 'through a sound https parent proxy that speaks TLS 1.2',
    behaviour: tunnelToLoopback,
    tls: { options: { maxVersion: 'TLSv1.2' } },
    expect: NOTHING,
  }),
  defineParentCase({ id: 'ok/socks5', summary: 'through a socks5 parent proxy', socks: {}, expect: NOTHING }),
  defineParentCase({
    id: 'ok/socks5-login',
    summary: 'through a socks5 parent proxy with user and password',
    socks: { login: 'alice:p@ss' },
    env: ({ host, port }) => ({ HTTPS_PROXY: `socks5://alice:p%40ss@${host}:${port}` }),
    expect: NOTHING,
  }),
  defineParentCase({
    id: 'ok/all-proxy',
    summary: 'only ALL_PROXY is set, which go does not read',
    behaviour: refuseConnect('403 Forbidden', [], ''),
    env: ({ host, port }) => ({ ALL_PROXY: `http://${host}:${port}` }),
    expect: NOTHING,
  }),
  ofCertificate('expired', 'has expired', 'cert-expired'),
  ofCertificate('name', 'is for two other names', 'cert-name-mismatch'),
  ofCertificate('self-signed', 'is self-signed', 'cert-self-signed'),
  defineParentCase({
    id: 'server-version-too-old/parent',
    summary: 'the https parent proxy speaks TLS 1.0 only',
    behaviour: tunnelToLoopback,
    tls: { options: { minVersion: 'TLSv1', maxVersion: 'TLSv1' } },
    expect: { cause: 'server-version-too-old', leg: 'parent', stage: 'client-hello' },
  }),
  defineParentCase({
    id: 'proxy-closed/tls',
    summary: 'the https parent proxy closes the connection when it got the ClientHello',
    tcp: { onFirstBytes: (socket) => socket.end() },
    env: secure,
    expect: { cause: 'proxy-closed', leg: 'parent', stage: 'client-hello' },
  }),
  defineParentCase({
    id: 'proxy-reset/tls',
    summary: 'the https parent proxy resets the connection when it got the ClientHello',
    tcp: { onFirstBytes: (socket) => socket.resetAndDestroy() },
    env: secure,
    expect: { cause: 'proxy-reset', leg: 'parent', stage: 'client-hello' },
  }),
  defineParentCase({
    id: 'proxy-silent/tls',
    summary: 'the https parent proxy says nothing in TLS',
    tcp: {},
    env: secure,
    takesMs: 10_000,
    expect: { cause: 'proxy-silent', leg: 'parent', stage: 'client-hello' },
  }),
  defineParentCase({
    id: 'proxy-scheme-wrong/line',
    summary: 'HTTPS_PROXY says https://, and the plain HTTP proxy hangs up on what is no request',
    tcp: {
      onFirstBytes: (socket, bytes) =>
        socket.end(bytes[0] === 22 ? '' : 'HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'),
    },
    env: secure,
    expect: { cause: 'proxy-scheme-wrong', leg: 'parent', stage: 'client-hello' },
  }),
  defineParentCase({
    id: 'proxy-scheme-wrong/socks',
    summary: 'HTTPS_PROXY says socks5:// where the proxy speaks plain HTTP',
    tcp: { onFirstBytes: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n') },
    env: ({ host, port }) => ({ HTTPS_PROXY: `socks5://${host}:${port}` }),
    expect: { cause: 'proxy-scheme-wrong', leg: 'parent', stage: 'proxy-connect' },
  }),
  defineParentCase({
    id: 'proxy-url-invalid/port',
    summary: 'HTTPS_PROXY has a port over 65535',
    behaviour: tunnelToLoopback,
    env: ({ host }) => ({ HTTPS_PROXY: `http://${host}:99999` }),
    expect: { cause: 'proxy-url-invalid', leg: 'parent', stage: 'proxy-connect' },
  }),
  defineParentCase({
    id: 'proxy-url-invalid/slash',
    summary: 'HTTPS_PROXY has an unescaped slash in its password',
    behaviour: tunnelToLoopback,
    env: ({ host, port }) => ({ HTTPS_PROXY: `http://alice:a/b@${host}:${port}` }),
    expect: { cause: 'proxy-url-invalid', leg: 'parent', stage: 'proxy-connect' },
  }),
  defineParentCase({
    id: 'proxy-auth-required/ntlm',
    summary: 'the parent proxy takes NTLM and Negotiate only',
    behaviour: refuseConnect(
      '407 Proxy Authentication Required',
      ['Proxy-Authenticate: Negotiate', 'Proxy-Authenticate: NTLM'],
      '<p>log in</p>',
    ),
    expect: atConnect('proxy-auth-required'),
  }),
  defineParentCase({
    id: 'proxy-auth-required/https',
    summary: 'the https parent proxy wants a login',
    behaviour: refuseConnect('407 Proxy Authentication Required', ['Proxy-Authenticate: Basic realm="Lab"'], '<p>log in</p>'),
    tls: {},
    expect: atConnect('proxy-auth-required'),
  }),
  defineParentCase({
    id: 'proxy-auth-required/socks',
    summary: 'the socks5 parent proxy wants a user and a password',
    socks: { login: 'alice:secret' },
    expect: atConnect('proxy-auth-required'),
  }),
  defineParentCase({
    id: 'proxy-auth-required/socks-password',
    summary: 'the socks5 parent proxy refuses the password',
    socks: { login: 'alice:secret' },
    env: ({ host, port }) => ({ HTTPS_PROXY: `socks5://alice:other@${host}:${port}` }),
    expect: atConnect('proxy-auth-required'),
  }),
  ofReply('proxy-forbidden', 2, 'by its rules'),
  ofReply('proxy-bad-gateway', 4, 'since it finds no way to the host'),
  defineParentCase({
    id: 'proxy-closed/socks',
    summary: 'the socks5 parent proxy closes the connection',
    socks: { onGreeting: (socket) => socket.end() },
    expect: atConnect('proxy-closed'),
  }),
]

function atConnect(cause: string): LabExpectation {
  return { cause, leg: 'parent', stage: 'proxy-connect' }
}

function secure({ host, port }: NamedProxy): Readonly<Record<string, string>> {
  return { HTTPS_PROXY: `https://${host}:${port}` }
}

function ofCertificate(way: string, words: string, recipe: string): LabCase {
  return defineParentCase({
    id: `proxy-cert-invalid/${way}`,
    summary: `the https parent proxy's certificate ${words}`,
    behaviour: tunnelToLoopback,
    tls: { recipe },
    expect: { cause: 'proxy-cert-invalid', leg: 'parent', stage: 'certificate', confidence: 'certain' },
  })
}

function ofReply(cause: string, reply: number, words: string): LabCase {
  return defineParentCase({
    id: `${cause}/socks`,
    summary: `the socks5 parent proxy refuses ${words}`,
    socks: { reply },
    expect: atConnect(cause),
  })
}
