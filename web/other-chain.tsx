/** The chain that the same host showed by another route or at another time: what a gateway on the way changes is seen by looking past it. */
import { useComputed, useSignal } from '@preact/signals'
import { useEffect } from 'preact/hooks'
import type { CertificateSummary, Handshake } from '../src/contract/handshake.ts'
import type { HandshakeDetail } from '../src/feed/protocol.ts'
import type { HandshakeRow } from '../src/store/store.ts'
import { fetchDetail, RequestFailed } from './api.ts'
import { commonName } from './cert-names.ts'
import { linkTo, linkToHandshake, route } from './router.ts'
import { newestFirst } from './rows.ts'
import { day, exactTime } from './time-words.ts'

export function OtherChain({ of, leafIssuer }: { readonly of: Handshake; readonly leafIssuer: string }) {
  const other = useComputed(() => findOther(of, leafIssuer, newestFirst.value))
  const found = useSignal<HandshakeDetail | null>(null)
  const id = other.value?.id ?? null
  useEffect(() => {
    found.value = null
    if (id === null) return
    fetchDetail(id).then(
      (detail) => {
        if (other.peek()?.id === id) found.value = detail
      },
      (failure: unknown) => {
        if (!(failure instanceof RequestFailed)) throw failure
      },
    )
  }, [id])
  const there = found.value?.handshake.certificates?.chain
  const here = of.certificates?.chain ?? []
  if (other.value === null || there === undefined || there.length === 0) return null
  const isSame = here.length === there.length && here.every(({ sha256 }, at) => sha256 === there[at]?.sha256)
  return (
    <section class="beside" aria-labelledby="beside-title" data-testid="other-chain">
      <div class="bar">
        <h3 class="h4" id="beside-title">
          {isSame ? 'The same chain' : 'Another chain'} {placeWords(other.value, of)}
        </h3>
        <span class="grow" />
        <a class="src" href={linkToHandshake(other.value.id, 'certificates')}>
          #{other.value.id}, {day(other.value.startedAt)} {exactTime(other.value.startedAt)}
        </a>
        <a class="src" href={linkTo({ view: 'compare', q: route.value.q, a: of.id, b: other.value.id })}>
          compare
        </a>
      </div>
      {!isSame && <Chains here={here} there={there} />}
    </section>
  )
}

function Chains({ here, there }: { readonly here: readonly CertificateSummary[]; readonly there: readonly CertificateSummary[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th>Here</th>
          <th>There</th>
        </tr>
      </thead>
      <tbody>
        {(here.length > there.length ? here : there).map((_, at) => (
          <tr key={at}>
            <Named one={here[at]} isElsewhere={there.some(({ sha256 }) => sha256 === here[at]?.sha256)} />
            <Named one={there[at]} isElsewhere={here.some(({ sha256 }) => sha256 === there[at]?.sha256)} />
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Named({ one, isElsewhere }: { readonly one: CertificateSummary | undefined; readonly isElsewhere: boolean }) {
  if (one === undefined) return <td class="dim">–</td>
  return (
    <td>
      <b>{commonName(one.subject)}</b>
      {isElsewhere && <span class="dim"> the same</span>}
      <small>
        by {commonName(one.issuer)}, {one.notBefore === null ? '?' : day(one.notBefore)} to{' '}
        {one.notAfter === null ? '?' : day(one.notAfter)}
      </small>
    </td>
  )
}

/** The newest of the same host that was signed by another; else one that came another way. Null where there is neither. */
function findOther(of: Handshake, leafIssuer: string, rows: readonly HandshakeRow[]): HandshakeRow | null {
  const via = routeOf(of)
  const known = rows.filter(
    (row) =>
      row.issuer !== null && row.id !== of.id && row.host === of.target.host && row.port === of.target.port && row.imported === of.imported,
  )
  const isOfOther = (row: HandshakeRow): boolean => row.issuer !== leafIssuer
  const isElsewhere = (row: HandshakeRow): boolean => row.route !== via || (row.mode === 'intercept') !== (of.mode === 'intercept')
  return known.find((row) => isOfOther(row) && isElsewhere(row)) ?? known.find(isOfOther) ?? known.find(isElsewhere) ?? null
}

function routeOf({ route: hops }: Handshake): string {
  return hops.map(({ address }) => address).join(' > ')
}

function placeWords(row: HandshakeRow, of: Handshake): string {
  if (row.mode === 'intercept' && of.mode !== 'intercept') return 'on the leg to go'
  if (row.route === routeOf(of)) return 'was seen by the same route'
  return row.route === '' ? 'was seen without the proxy' : `was seen via ${row.route}`
}
