import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import { answerAndClose } from './answer.ts'
import { admit } from './authorization.ts'
import { addressOf, type ProxyContext } from './context.ts'
import { parseTarget, type Target } from './target.ts'

/** Give a client that cannot be served its one answer, and tell it. */
export function refuse(
  context: ProxyContext,
  client: Socket,
  status: number,
  why: string,
  key: string = context.nextKey(),
  headers: readonly (readonly [string, string])[] = [],
): void {
  context.emit({ type: 'refused', key, clientAddress: addressOf(client), status, why })
  answerAndClose(client, { status, reason: why, headers, body: why })
}

/** The client's name, null where no token is asked for; a client without the token gets 407 and undefined is returned. */
export function refuseUnlessAdmitted(
  context: ProxyContext,
  request: IncomingMessage,
  client: Socket,
): { readonly name: string | null } | undefined {
  const admission = admit(request.headers['proxy-authorization'], context.authorize)
  if (admission.isAdmitted) return { name: admission.user }
  const key = context.nextKey()
  context.emit({
    type: 'refused',
    key,
    clientAddress: addressOf(client),
    status: 407,
    why: 'no token, or a wrong one, in Proxy-Authorization',
  })
  answerAndClose(client, {
    status: 407,
    reason: 'Proxy Authentication Required',
    headers: [
      ['Proxy-Authenticate', 'Basic realm="whytls"'],
      ['Proxy-Connection', 'close'],
    ],
    body: 'This whytls proxy asks for a token: use the whole HTTPS_PROXY value that it printed.',
  })
  return undefined
}

/** The target of a CONNECT; a client that names none, or comes round in a loop, is refused and undefined is returned. */
export function refuseUnlessTarget(context: ProxyContext, request: IncomingMessage, client: Socket): Target | undefined {
  const target = parseTarget(request.url ?? '')
  if (target === undefined) {
    refuse(context, client, 400, 'whytls: CONNECT needs a host and a port from 1 to 65535, as in "CONNECT modules.example:443"')
    return undefined
  }
  if (isLoop(request, context.viaToken)) {
    refuse(context, client, 508, 'whytls: this request has come through this proxy before (the parent proxy leads back to it)')
    return undefined
  }
  return target
}

/** Whether a request has already passed this proxy. */
export function isLoop(request: IncomingMessage, viaToken: string): boolean {
  return (request.headers.via ?? '').split(/[\s,]+/).includes(viaToken)
}
