import { defineConfig } from 'vitest/config'

/** Two projects: `unit` runs anywhere; `e2e` runs the real go, sockets and Chromium inside a network namespace (scripts/test.mjs). */
export default defineConfig({
  test: {
    projects: [
      {
        test: { name: 'unit', include: ['test/**/*.test.ts', 'test/**/*.test.tsx'], exclude: ['test/e2e/**'], testTimeout: 20_000 },
        oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
      },
      {
        test: { name: 'e2e', include: ['test/e2e/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false },
      },
    ],
  },
})
