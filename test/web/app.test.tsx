// @vitest-environment happy-dom
import { render } from 'preact'
import { act } from 'preact/test-utils'
import { beforeEach, describe, expect, it } from 'vitest'
import { App } from '../../web/app.tsx'
import { live } from '../../web/feed-client.ts'
import { pressKey } from '../../web/keys.ts'
import { meta } from '../../web/meta.ts'
import { goTo, route } from '../../web/router.ts'
import { dropRows, holdRows, isFilled, total } from '../../web/rows.ts'
import { SAMPLE_META, sampleRow, sampleRun, sampleStages } from './samples.ts'

const all = (selector: string): readonly Element[] => [...document.querySelectorAll(selector)]
const text = (selector: string): string => document.querySelector(selector)?.textContent ?? ''
const draw = (): void => {
  void act(() => render(<App retry={() => undefined} />, document.body))
}
const press = (key: string): void => {
  void act(() => pressKey(new KeyboardEvent('keydown', { key })))
}

const FAILED = {
  runId: 9,
  outcome: 'failed',
  cause: 'cert-expired',
  title: 'The certificate of modproxy.example ended 3 days ago',
  stage: 'certificate',
  leg: 'upstream',
  stages: sampleStages('certificate'),
} as const

// happy-dom lays nothing out: the list needs a height to know what is in view.
for (const side of ['offsetHeight', 'clientHeight', 'offsetWidth'] as const) {
  Object.defineProperty(HTMLElement.prototype, side, { configurable: true, value: 800 })
}

beforeEach(() => {
  render(null, document.body)
  document.body.innerHTML = ''
  dropRows()
  total.value = 0
  isFilled.value = true
  live.value = { kind: 'live' }
  meta.value = SAMPLE_META
  goTo({ view: 'list', q: '' })
})

describe('the list', () => {
  it('shows the set-up until there is a handshake, then goes to the list by itself', () => {
    draw()
    expect(text('[data-testid=setup] h1')).toBe('Waiting for the first handshake')
    act(() => holdRows([sampleRow({ id: 1 })], []))
    expect(all('[data-testid=row]')).toHaveLength(1)
  })
  it('marks what was imported and groups it by itself', () => {
    holdRows([sampleRow({ id: 2, imported: 'trace.pcapng' }), sampleRow({ id: 1 })], [])
    draw()
    expect(all('[data-testid=imported]').map((mark) => mark.getAttribute('title'))).toEqual([expect.stringContaining('trace.pcapng')])
    expect(document.body.textContent).toContain('whytls import')
  })
  it('says how many runs failed and why the latest did', () => {
    holdRows([sampleRow({ id: 2, ...FAILED }), sampleRow({ id: 1, runId: 8 })], [sampleRun(), sampleRun({ id: 8, exitCode: 0 })])
    draw()
    expect(text('.summary h1')).toBe('✕ 1 of 2 runs failed. Latest: The certificate of modproxy.example ended 3 days ago.')
    expect(text('.command-line')).toContain('run 9, go mod download, exit 1 after 1.2 s')
    expect(document.querySelector('.command-line a')?.getAttribute('href')).toBe('#/h/2/fix')
  })
  it('draws outcome, stage and leg in words beside the colours', () => {
    holdRows([sampleRow({ id: 2, ...FAILED })], [sampleRun()])
    draw()
    expect(text('[data-testid=row] .mark')).toBe('✕failed')
    expect(text('[data-testid=row] .track')).toBe('fails at Certificate, leg upstream')
    expect(text('[data-testid=row] [data-testid=cause]')).toBe('The certificate of modproxy.example ended 3 days ago')
  })
  it('settles an open row in place', () => {
    holdRows(
      [sampleRow({ id: 3 }), sampleRow({ id: 2, outcome: 'open', waitingFor: 'ServerHello', durationMs: null }), sampleRow({ id: 1 })],
      [],
    )
    draw()
    expect(all('[data-testid=row]')[1]?.textContent).toContain('waiting for ServerHello')
    act(() => holdRows([sampleRow({ id: 2, seq: 9, outcome: 'failed', cause: 'peer-silent', title: 'Silence' })], []))
    expect(all('[data-testid=row]').map((row) => row.getAttribute('data-id'))).toEqual(['3', '2', '1'])
    expect(all('[data-testid=row]')[1]?.getAttribute('data-outcome')).toBe('failed')
  })
  it('filters by a chip and by the address bar alike', () => {
    holdRows([sampleRow({ id: 2, ...FAILED }), sampleRow({ id: 1 })], [])
    draw()
    const chip = all('.chip').find((each) => each.textContent?.startsWith('Expired'))
    act(() => (chip as HTMLElement | undefined)?.click())
    expect(route.value.q).toBe('cause:cert-expired')
    expect(all('[data-testid=row]')).toHaveLength(1)
    expect(text('[data-testid=count]')).toBe('1 of 2 handshakes')
  })
  it('keeps the last filter that could be read and says what is wrong with the new one', () => {
    holdRows([sampleRow({ id: 2, ...FAILED }), sampleRow({ id: 1 })], [])
    draw()
    act(() => goTo({ view: 'list', q: 'status:failed' }))
    act(() => goTo({ view: 'list', q: 'status:failed (' }))
    expect(all('[data-testid=row]')).toHaveLength(1)
    expect(text('#filter-error')).toContain('expected here')
  })
  it('hides probes that repeat a failed connection unless asked for', () => {
    holdRows([sampleRow({ id: 2, mode: 'probe', probeOf: 1 }), sampleRow({ id: 1, ...FAILED })], [])
    draw()
    expect(all('[data-testid=row]')).toHaveLength(1)
    act(() => goTo({ view: 'list', q: 'mode:probe' }))
    expect(all('[data-testid=row]').map((row) => row.getAttribute('data-id'))).toEqual(['2'])
  })
  it('draws at most sixty rows of ten thousand', () => {
    holdRows(
      Array.from({ length: 10_000 }, (_, at) => sampleRow({ id: at + 1 })),
      [],
    )
    draw()
    expect(all('.line').length).toBeLessThanOrEqual(60)
    expect(document.querySelector('[role=grid]')?.getAttribute('aria-rowcount')).toBe('10002')
  })
})

describe('the keys', () => {
  it('n and N walk through the failures, Esc leads back', () => {
    holdRows(
      [
        sampleRow({ id: 4 }),
        sampleRow({ id: 3, ...FAILED, runId: null }),
        sampleRow({ id: 2 }),
        sampleRow({ id: 1, ...FAILED, runId: null }),
      ],
      [],
    )
    draw()
    press('n')
    expect(route.value).toMatchObject({ view: 'handshake', id: 3 })
    press('n')
    expect(route.value).toMatchObject({ id: 1 })
    press('N')
    expect(route.value).toMatchObject({ id: 3 })
    press('j')
    expect(route.value).toMatchObject({ id: 2 })
    press('2')
    expect(route.value).toMatchObject({ tab: 'certificates' })
    press('Escape')
    expect(route.value.view).toBe('list')
  })
  it('g s opens the set-up, ? the help', () => {
    draw()
    press('g')
    press('s')
    expect(route.value.view).toBe('setup')
  })
})

describe('the live pill', () => {
  it.each([
    [{ kind: 'live' }, 'Live'],
    [{ kind: 'catching-up', left: 1204 }, 'Catching up (1,204)'],
    [{ kind: 'stopped', reason: 'ended' }, 'Stopped'],
  ] as const)('%j reads %s', (state, words) => {
    live.value = state
    draw()
    expect(text('[data-testid=live] .state')).toBe(words)
  })
  it('counts down to the next try and offers Retry', () => {
    live.value = { kind: 'reconnecting', atMs: Date.now() + 3900 }
    draw()
    expect(text('[data-testid=live] .state')).toBe('Reconnecting in 4 s')
    expect(text('[data-testid=live] button')).toBe('Retry')
  })
})

describe('the set-up', () => {
  it('shows the shells that the server knows and what is ready', () => {
    goTo({ view: 'setup', q: '' })
    draw()
    expect(text('[data-testid=command]')).toBe('whytls run -- go mod download')
    expect(all('[role=tab]').map((tab) => tab.textContent)).toEqual(['bash, zsh', 'fish', 'PowerShell'])
    expect(text('.checks')).toContain('NO_PROXY=.acme.example skips whytls')
  })
})
