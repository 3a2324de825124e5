import { defineConfig } from 'vitest/config'

/** How long `expect.poll` asks again: a busy machine takes its time, and what is wrong stays wrong. */
const POLL = { poll: { timeout: 60_000 } }

/** What takes longer hangs. Nothing is measured by it: a test may wait for its turn behind others, on a machine that stands still for a while. */
const HANGS_MS = 300_000

/** Chromium: behind the others, two of them at a time. */
const PAGES = ['test/e2e/page*.test.ts']

/** What tells times, or is told by them: it runs alone, behind the others. */
const ALONE = ['test/e2e/timing.test.ts', 'test/e2e/bisect.test.ts']

/**
 * `unit` runs anywhere. `e2e`, `e2e-page` and `e2e-alone` run the real go, sockets and Chromium inside a network namespace (scripts/test.mjs): two files
 * at a time, so that one works while the other waits for a go that waits, then those of which each needs the machine for itself.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/e2e/**'],
          testTimeout: HANGS_MS,
          hookTimeout: HANGS_MS,
          expect: POLL,
          setupFiles: ['test/property-seed.ts'],
        },
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: [...PAGES, ...ALONE],
          testTimeout: HANGS_MS,
          expect: POLL,
          hookTimeout: HANGS_MS,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e-page',
          include: PAGES,
          testTimeout: HANGS_MS,
          expect: POLL,
          hookTimeout: HANGS_MS,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e-alone',
          include: ALONE,
          testTimeout: HANGS_MS,
          expect: POLL,
          hookTimeout: HANGS_MS,
          maxWorkers: 1,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
})
