/** Further middleboxes that lead to the same causes. */
import type { LabCase } from '../case.ts'
import { anyName, defineMiddleboxCase, foreignName, itsName, keyShare, overOneSegment, tls13, withMlKem } from '../middlebox.ts'

const large = { cause: 'client-hello-too-large', refusedSince: '1.24' } as const
const filtered = { cause: 'sni-filtered' } as const
const intolerant = { cause: 'tls13-intolerant' } as const

export const MIDDLEBOX_VARIANTS: readonly LabCase[] = [
  defineMiddleboxCase({
    ...large,
    id: 'client-hello-too-large/reset',
    summary: 'a ClientHello of more than 1,460 bytes is reset',
    dislikes: overOneSegment,
    refusal: 'reset',
  }),
  defineMiddleboxCase({
    ...large,
    id: 'client-hello-too-large/close',
    summary: 'the connection is closed on a ClientHello of more than 1,024 bytes, behind a parent proxy',
    dislikes: ({ wireBytes }) => wireBytes > 1_024,
    refusal: 'close',
    isBehindParent: true,
  }),
  defineMiddleboxCase({
    ...large,
    id: 'client-hello-too-large/group',
    summary: 'a ClientHello with X25519MLKEM768 is reset, whatever its size',
    dislikes: withMlKem,
    refusal: 'reset',
  }),
  defineMiddleboxCase({
    ...large,
    id: 'client-hello-too-large/alert',
    summary: 'a ClientHello with X25519MLKEM768 is refused by alert 47',
    dislikes: withMlKem,
    refusal: { alert: 47 },
  }),
  defineMiddleboxCase({
    ...filtered,
    id: 'sni-filtered/silence',
    summary: 'a ClientHello with this server name is never answered',
    dislikes: itsName,
    refusal: 'silence',
  }),
  defineMiddleboxCase({
    ...filtered,
    id: 'sni-filtered/alert',
    summary: 'this server name is refused by alert 112',
    dislikes: itsName,
    refusal: { alert: 112 },
  }),
  defineMiddleboxCase({
    ...filtered,
    id: 'sni-filtered/page',
    summary: 'a page in plain HTTP answers a ClientHello with this server name',
    dislikes: itsName,
    refusal: 'page',
  }),
  defineMiddleboxCase({
    ...filtered,
    id: 'sni-filtered/close',
    summary: 'the connection is closed on any server name but those of a list',
    dislikes: anyName,
    refusal: 'close',
  }),
  defineMiddleboxCase({
    ...filtered,
    id: 'sni-filtered/any-name',
    summary: 'any server name but those of a list is refused by alert 49',
    dislikes: anyName,
    refusal: { alert: 49 },
  }),
  defineMiddleboxCase({
    ...filtered,
    id: 'sni-filtered/strict-host',
    summary: 'this server name is reset on the way to a host that refuses all other names by alert 112',
    dislikes: itsName,
    refusal: 'reset',
    host: { dislikes: foreignName, refusal: { alert: 112 } },
    expect: { confidence: 'likely' },
  }),
  defineMiddleboxCase({
    ...intolerant,
    id: 'tls13-intolerant/alert-40',
    summary: 'an offer of TLS 1.3 is refused by alert 40',
    dislikes: tls13,
    refusal: { alert: 40 },
    expect: { confidence: 'likely' },
  }),
  defineMiddleboxCase({
    ...intolerant,
    id: 'tls13-intolerant/alert',
    summary: 'an offer of TLS 1.3 is refused by alert 70',
    dislikes: tls13,
    refusal: { alert: 70 },
  }),
  defineMiddleboxCase({
    ...intolerant,
    id: 'tls13-intolerant/silence',
    summary: 'a ClientHello with a key_share is never answered, behind a parent proxy',
    dislikes: keyShare,
    refusal: 'silence',
    isBehindParent: true,
  }),
]
