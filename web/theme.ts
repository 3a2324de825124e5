/** Light, dark or as the system says. */
import { signal } from '@preact/signals'
import { keep, recall } from './kept.ts'

export type Theme = 'auto' | 'light' | 'dark'

const PLACE = 'whytls.theme'
const ORDER: readonly Theme[] = ['auto', 'light', 'dark']
export const theme = signal<Theme>('auto')

/** Take the theme of last time. */
export function followTheme(): void {
  const kept = recall(PLACE)
  applyTheme(ORDER.find((known) => known === kept) ?? 'auto')
}

/** Auto, light, dark, and round again. */
export function switchTheme(): void {
  const next = ORDER[(ORDER.indexOf(theme.value) + 1) % ORDER.length] ?? 'auto'
  keep(PLACE, next)
  applyTheme(next)
}

function applyTheme(next: Theme): void {
  theme.value = next
  document.documentElement.dataset['theme'] = next
}
