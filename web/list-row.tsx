// biome-ignore-all lint/a11y/useKeyWithClickEvents: rows lie absolute in a virtual grid, which has the focus and names its active row
// biome-ignore-all lint/a11y/useFocusableInteractive: rows lie absolute in a virtual grid, which has the focus and names its active row
// biome-ignore-all lint/a11y/useSemanticElements: rows lie absolute in a virtual grid, which has the focus and names its active row
/** One line of the list: a handshake, or the head of a group. 40 pixels high, placed by `top`. */
import { Component } from 'preact'
import type { HandshakeRow } from '../src/store/store.ts'
import { IMPORTS, PROBES } from './grouping.ts'
import { ImportedMark } from './imported-mark.tsx'
import type { ListedGroup, ListedRow } from './list-lines.ts'
import { toggleGroup } from './listed.ts'
import { linkToHandshake } from './router.ts'
import { casing } from './sentence.ts'
import { SmallTrack } from './small-track.tsx'
import { clockTime, counted, took } from './time-words.ts'
import { causeWords } from './words.ts'

interface LineProps {
  /** Position in the whole list, from 0. */
  readonly at: number
  readonly top: number
  readonly isActive: boolean
}

interface HandshakeLineProps extends LineProps {
  readonly item: ListedRow
  readonly isSelected: boolean
}

/** Drawn anew only where it shows something else: most lines stay as they are while the list scrolls. */
export class HandshakeLine extends Component<HandshakeLineProps> {
  override shouldComponentUpdate(next: HandshakeLineProps): boolean {
    const { item, at, isActive, isSelected } = this.props
    const isSame = item.row === next.item.row && item.attempts.length === next.item.attempts.length && at === next.at
    return !isSame || isActive !== next.isActive || isSelected !== next.isSelected
  }

  render({ item, at, top, isActive, isSelected }: HandshakeLineProps) {
    const { row, attempts } = item
    const host = <span class="host">{row.port === 443 ? row.host : `${row.host}:${row.port}`}</span>
    return (
      <div
        class={`line row ${row.outcome}${isActive ? ' active' : ''}`}
        role="row"
        id={`line-${item.key}`}
        aria-rowindex={at + 2}
        aria-selected={isSelected}
        style={{ top: `${top}px` }}
        data-testid="row"
        data-id={row.id}
        data-outcome={row.outcome}
        onClick={() => {
          location.hash = linkToHandshake(row.id)
        }}
      >
        <span role="gridcell" class="c-status">
          <StatusMark outcome={row.outcome} />
        </span>
        <span role="gridcell" class="num c-time" title={row.startedAt}>
          {clockTime(row.startedAt)}
        </span>
        <span role="gridcell" class="c-track">
          <SmallTrack row={row} />
        </span>
        <span role="gridcell" class="cut c-host">
          {row.imported === undefined && attempts.length < 2 ? (
            host
          ) : (
            <span class="host-line">
              {host}
              <ImportedMark file={row.imported} />
              {attempts.length > 1 && <span class="badge">×{attempts.length}</span>}
            </span>
          )}
          <small class="in-split">{briefWords(row)}</small>
          <small class="in-full">{row.route === '' ? 'direct' : `via ${row.route}`}</small>
        </span>
        <span
          role="gridcell"
          class={`cut why c-why ${row.title === null ? '' : casing(row.title, row.host)}`}
          data-testid="cause"
          title={row.title ?? ''}
        >
          {whyWords(row)}
        </span>
        <span role="gridcell" class="num c-version">
          {row.version ?? 'none'}
        </span>
        <span role="gridcell" class="num c-took">
          {row.outcome === 'open' ? '…' : took(row.durationMs)}
        </span>
      </div>
    )
  }
}

/** The sign of an outcome with its word for screen readers. */
export function StatusMark({ outcome }: { readonly outcome: HandshakeRow['outcome'] }) {
  const sign = { failed: '✕', passed: '✓', aborted: '–', open: '' }[outcome]
  return (
    <span class={`mark ${outcome}`}>
      <span aria-hidden="true">{sign}</span>
      <span class="sr">{outcome}</span>
    </span>
  )
}

function whyWords(row: HandshakeRow): string {
  if (row.title !== null && row.outcome !== 'open') return row.title
  return briefOutcome(row)
}

function briefWords(row: HandshakeRow): string {
  if (row.outcome === 'passed') return [row.version, row.alpn].filter((part) => part !== null).join(', ')
  return briefOutcome(row)
}

function briefOutcome(row: HandshakeRow): string {
  if (row.outcome === 'open') return row.waitingFor === null ? 'open' : `waiting for ${row.waitingFor}`
  if (row.outcome === 'failed') return row.cause === null ? 'cause not known yet' : causeWords(row.cause)
  return row.outcome
}

export function GroupLine({ item, at, top, isActive }: LineProps & { readonly item: ListedGroup }) {
  return (
    <div
      class={`line group${isActive ? ' active' : ''}`}
      role="row"
      id={`line-${item.key}`}
      aria-rowindex={at + 2}
      style={{ top: `${top}px` }}
    >
      <span role="gridcell" aria-colspan={7}>
        <button type="button" tabIndex={-1} aria-expanded={item.isOpen} onClick={() => toggleGroup(item.key)}>
          <span aria-hidden="true">{item.isOpen ? '▾' : '▸'}</span> {groupName(item)}
        </button>
        <span class={`end ${endLook(item)}`}>{groupEnd(item)}</span>
        {item.rows > 1 && <span class="many">{counted(item.rows, 'handshake')}</span>}
      </span>
    </div>
  )
}

function endLook({ failed, run }: ListedGroup): string {
  if (failed > 0) return 'bad'
  return run?.exitCode === 0 ? 'good' : ''
}

function groupName(item: ListedGroup) {
  if (item.run !== null) {
    return (
      <>
        run {item.run.id} <code>{item.run.argv.join(' ')}</code>
      </>
    )
  }
  if (item.host !== null) return <code>{item.host}</code>
  if (item.key === IMPORTS) return <code>whytls import</code>
  return item.key === PROBES ? <code>whytls probe</code> : 'no run (HTTPS_PROXY set by hand)'
}

function groupEnd({ run, failed, rows, causes }: ListedGroup): string {
  const causesInWords = causes.length === 1 ? causeWords(causes[0] ?? '') : causes.length === 0 ? '' : `${causes.length} causes`
  const failedInWords = failed === 0 ? '' : causesInWords || `${failed} of ${rows} failed`
  if (run === null) return failed > 0 ? `✕ ${failedInWords}` : ''
  if (run.exitCode === null && run.signal === null) return ['running', failedInWords].filter((part) => part !== '').join(', ')
  const exit = run.signal === null ? `exit ${run.exitCode}` : `ended by ${run.signal}`
  const sign = run.exitCode === 0 ? '✓' : '✕'
  return [`${sign} ${exit}`, failedInWords].filter((part) => part !== '').join(', ')
}
