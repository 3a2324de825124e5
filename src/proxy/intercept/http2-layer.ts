/** HTTP/2: decrypted octets are relayed as they are, and the frames read on a copy (docs/decisions). */
import { Http2Reader } from '../../http/http2-reader.ts'
import { mirrorEnds } from './ends.ts'
import type { HttpLayer } from './http-layer.ts'
import { pump } from './relay-layer.ts'

/** Make the layer. */
export function makeHttp2Layer({ keepsAllBodies }: { readonly keepsAllBodies: boolean }): HttpLayer {
  return {
    join({ client, upstream, origin, atMs, onExchange, onEnded }) {
      const reader = new Http2Reader({ origin, keepsAllBodies, onExchange })
      pump(client.session, upstream.session, (octets) => reader.feed('client-to-server', octets, atMs()))
      pump(upstream.session, client.session, (octets) => reader.feed('server-to-client', octets, atMs()))
      mirrorEnds(client, upstream, (ending) => {
        reader.end(atMs())
        onEnded(ending)
      })
    },
  }
}
