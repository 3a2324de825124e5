import { defineConfig } from 'vitest/config'

/** How long `expect.poll` asks again: a busy machine takes its time, and what is wrong stays wrong. */
const POLL = { poll: { timeout: 15_000 } }

/** What measures times, or is measured by them: it runs alone, behind the others. */
const ALONE = ['test/e2e/timing.test.ts', 'test/e2e/bisect.test.ts', 'test/e2e/page*.test.ts']

/**
 * `unit` runs anywhere. `e2e` and `e2e-alone` run the real go, sockets and Chromium inside a network namespace (scripts/test.mjs): two files at a
 * time, so that one works while the other waits for a go that waits, then those of which each needs the machine for itself.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts', 'test/**/*.test.tsx'],
          exclude: ['test/e2e/**'],
          testTimeout: 60_000,
          expect: POLL,
          setupFiles: ['test/property-seed.ts'],
        },
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          exclude: ALONE,
          testTimeout: 120_000,
          expect: POLL,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e-alone',
          include: ALONE,
          testTimeout: 120_000,
          expect: POLL,
          hookTimeout: 120_000,
          maxWorkers: 1,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
})
