/** The data of a page that was saved as one file; null on a page that a server sent. */
import type { InlinedReport } from '../src/feed/protocol.ts'
import { parseVisible } from './visible.ts'

const text = document.getElementById('inlined')?.textContent ?? null

// Written by the same version of whytls that wrote this code into the file.
export const inlined: InlinedReport | null = text === null ? null : (parseVisible(text, true) as InlinedReport)
