/** Property tests take new inputs on each run, and in CI the same ones: there a commit is judged, not the day. */
import fc from 'fast-check'

const CI_SEED = 20_261_122

if (process.env['CI'] === 'true') fc.configureGlobal({ seed: CI_SEED })
