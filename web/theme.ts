/** Light, dark or as the system says; and the colours of now for what is drawn on a canvas. */
import { signal } from '@preact/signals'

export type Theme = 'auto' | 'light' | 'dark'

export interface Palette {
  readonly cell: string
  readonly faint: string
  readonly fail: string
  readonly onFail: string
  readonly line: string
  readonly accent: string
}

const PLACE = 'whytls.theme'
const ORDER: readonly Theme[] = ['auto', 'light', 'dark']
const NAMES: Readonly<Record<keyof Palette, string>> = {
  cell: '--cell',
  faint: '--cell-faint',
  fail: '--fail',
  onFail: '--card',
  line: '--line2',
  accent: '--acc',
}

export const theme = signal<Theme>('auto')
export const palette = signal<Palette>({ cell: '#888', faint: '#bbb', fail: '#b30', onFail: '#fff', line: '#ccc', accent: '#15b' })

/** Take the theme of last time and follow the system from now on. */
export function followTheme(): void {
  const kept = localStorage.getItem(PLACE)
  applyTheme(ORDER.find((known) => known === kept) ?? 'auto')
  for (const query of ['(prefers-color-scheme: dark)', '(forced-colors: active)']) {
    matchMedia(query).addEventListener('change', readPalette)
  }
}

/** Auto, light, dark, and round again. */
export function switchTheme(): void {
  const next = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'auto'
  localStorage.setItem(PLACE, next)
  applyTheme(next)
}

function applyTheme(next: Theme): void {
  theme.value = next
  document.documentElement.dataset['theme'] = next
  readPalette()
}

/** Custom properties hold `light-dark(…)`: only a used colour tells which. */
function readPalette(): void {
  const swatch = document.createElement('i')
  document.body.append(swatch)
  const used = (property: string): string => {
    swatch.style.color = `var(${property})`
    return getComputedStyle(swatch).color
  }
  const entries = Object.entries(NAMES).map(([name, property]) => [name, used(property)])
  swatch.remove()
  palette.value = Object.fromEntries(entries) as Palette
}
