import { defineParentCase } from '../parent-case.ts'
import { tunnelToLoopback } from '../parent-proxy.ts'

/** A blank in the password: go takes `http` for the proxy's name. */
export const proxyUrlInvalid = defineParentCase({
  id: 'proxy-url-invalid',
  summary: 'HTTPS_PROXY has an unescaped blank in its password',
  behaviour: tunnelToLoopback,
  env: ({ host, port }) => ({ HTTPS_PROXY: `http://alice:my secret@${host}:${port}` }),
})
