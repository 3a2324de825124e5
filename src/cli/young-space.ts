/** Loaded before all else, since V8's young space only ever grows, and loading a program is enough for that. */
import { setFlagsFromString } from 'node:v8'

// Intercept mode: buffers that have passed through are only let go when the young space is full. Grown, it lets some 40 MiB of them stand.
// What was kept for a while and let go waits in the old space, which may grow to several times of what is in use before it is looked through.
if (process.argv.some((argument) => argument.startsWith('--intercept')))
  for (const flag of ['--semi-space-growth-factor=1', '--heap-growing-percent=30']) setFlagsFromString(flag)
