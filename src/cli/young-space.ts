/** Loaded before all else, since V8's young space only ever grows, and loading a program is enough for that. */
import { setFlagsFromString } from 'node:v8'

// Intercept mode: buffers that have passed through are only let go when the young space is full. Grown, it lets some 40 MiB of them stand.
if (process.argv.some((argument) => argument.startsWith('--intercept'))) setFlagsFromString('--semi-space-growth-factor=1')
