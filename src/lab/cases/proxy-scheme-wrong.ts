import { defineParentCase } from '../parent-case.ts'

/** HTTPS_PROXY says https://, and a plain HTTP proxy answers the ClientHello with 400. */
export const proxySchemeWrong = defineParentCase({
  id: 'proxy-scheme-wrong',
  summary: 'HTTPS_PROXY says https:// where the proxy speaks plain HTTP',
  expect: { cause: 'proxy-scheme-wrong', leg: 'parent', stage: 'server-hello' },
  tcp: { onFirstBytes: (socket) => socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n') },
  env: ({ host, port }) => ({ HTTPS_PROXY: `https://${host}:${port}` }),
})
