// `npm test`: types, lint, build, unit tests, then the end-to-end tests with the real go inside a network namespace of their own.
//   node scripts/test.mjs [--only types,lint,build,unit,e2e] [--cases REGEXP] [--accuracy] [--no-namespace] [-- vitest arguments]
// --accuracy asks every mode of every world, and writes docs/ACCURACY.md from the answers.
// --cases, for work on one of them, runs only the lab cases whose id it matches; it is no test of the whole, so CI refuses it.
// The last line is always "N passed, N failed"; the exit code is 0 only when nothing failed.
// CI=true: a missing tool or a machine without namespaces is a failure. Elsewhere what had to be left out is said, loudly, and nothing else.
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { summarizeAnswers, writeAccuracy } from './accuracy.mjs'
import { listFailed, MOST_ASKED_AGAIN, passesAlone } from './ask-again.mjs'
import { findToolchains } from './toolchains.mjs'

/** A part that takes longer hangs: vitest cannot stop a test that never yields. */
const PART_LIMIT_MS = 60 * 60_000
const TOOL_TESTS = { chromium: ['test/e2e/page*.test.ts'], tshark: ['test/e2e/export.test.ts', 'test/e2e/dissection.test.ts'] }
const PARTS = ['types', 'lint', 'build', 'unit', 'e2e']
const IN_CI = process.env.CI === 'true'
const options = readArguments(process.argv.slice(2))
const sums = { passed: 0, failed: 0, again: [] }
const folder = mkdtempSync(join(tmpdir(), 'whytls-test-'))

if (options.inside) process.exit(runInside(options))
try {
  for (const part of PARTS.filter((name) => options.only.includes(name))) runPart(part)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
if (sums.again.length > 0) console.log(`\nasked twice: ${sums.again.length} (the first answers count in the accuracy above)`)
console.log(`\n${sums.passed} passed, ${sums.failed} failed`)
process.exit(sums.failed === 0 ? 0 : 1)

function readArguments(args) {
  if (args[0] === '--inside') return { inside: args[1], vitest: args.slice(2) }
  const end = args.indexOf('--')
  const own = end < 0 ? args : args.slice(0, end)
  const only = own.includes('--only') ? own[own.indexOf('--only') + 1].split(',') : PARTS
  const cases = own.includes('--cases') ? own[own.indexOf('--cases') + 1] : ''
  const accuracy = own.includes('--accuracy')
  return {
    only,
    accuracy,
    cases: IN_CI ? '' : cases,
    useNamespace: !own.includes('--no-namespace'),
    vitest: end < 0 ? [] : args.slice(end + 1),
  }
}

function runPart(part) {
  console.log(`\n== ${part}`)
  if (part === 'types') return countCommand('types', 'npx', ['tsc', '-p', 'tsconfig.json'])
  if (part === 'lint') return countCommand('lint', 'npx', ['biome', 'check'])
  if (part === 'build') return countCommand('build', process.execPath, ['scripts/build.mjs'])
  if (part === 'unit') return countVitest('unit', process.execPath, vitestArguments('unit', options.vitest), process.env)
  return runEndToEnd()
}

/** A part that is one check: passed or failed as a whole. */
function countCommand(name, command, args) {
  const isFine = spawnSync(command, args, { stdio: 'inherit' }).status === 0
  sums[isFine ? 'passed' : 'failed'] += 1
  if (!isFine) console.error(`error: ${name} failed`)
}

function vitestArguments(project, more) {
  return [
    'node_modules/vitest/vitest.mjs',
    'run',
    '--project',
    `${project}*`,
    '--reporter=dot',
    '--reporter=json',
    `--outputFile.json=${join(folder, `${project}.json`)}`,
    ...more,
  ]
}

/** A part that vitest counts; a run without a readable report, or without a single test, is one failure. */
function countVitest(project, command, args, env) {
  // Without a terminal colour codes only make a log unreadable.
  const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1', FORCE_COLOR: '0' }
  const outputFile = join(folder, `${project}.json`)
  const part = { command, args, outputFile, env: { ...env, ...plain }, timeout: PART_LIMIT_MS }
  const { status, signal } = spawnSync(command, args, { stdio: 'inherit', env: part.env, timeout: part.timeout, killSignal: 'SIGKILL' })
  const report = readReport(outputFile)
  const healed = askAgain(report, part)
  sums.passed += report.numPassedTests + healed
  const others = report.numTotalTests - report.numPassedTests - healed
  const unnamed = others === 0 && (report.numTotalTests === 0 || (status !== 0 && healed === 0)) ? 1 : 0
  sums.failed += others + unnamed
  if (unnamed > 0) console.error(`error: ${project}: vitest ended with ${signal ?? status} after ${report.numTotalTests} tests`)
}

/** How many of a few failed tests pass alone; each is named in the output, also where it passes. */
function askAgain(report, part) {
  const failed = listFailed(report)
  if (failed === null || failed.length === 0 || sums.again.length + failed.length > MOST_ASKED_AGAIN) return 0
  sums.again.push(...failed.map(({ fullName }) => fullName))
  const passed = failed.filter((one) => passesAlone(one, part))
  for (const { file, fullName } of passed) console.error(`WARNING: failed once, passed when asked again alone: ${file} > ${fullName}`)
  return passed.length
}

function readReport(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return { numPassedTests: 0, numTotalTests: 0 }
  }
}

/** Toolchains are fetched before the namespace is entered: inside there is no network but loopback. */
function runEndToEnd() {
  const missing = missingTools()
  if (missing.length > 0) return leaveOut(missing)
  const env = {
    ...process.env,
    WHYTLS_GO_TOOLCHAINS: JSON.stringify(findToolchains()),
    WHYTLS_NAMESPACE: '1',
    WHYTLS_CASES: options.cases,
    WHYTLS_EVERY_WORLD: options.accuracy ? '1' : '',
    WHYTLS_ANSWERS: join(folder, 'answers.jsonl'),
  }
  writeNamespaceFiles()
  const own = [process.execPath, process.argv[1], '--inside', folder, ...vitestArguments('e2e', options.vitest)]
  countVitest('e2e', 'unshare', ['-Urnm', ...own, ...excludeUnservable()], env)
  console.log(summarizeAnswers(env.WHYTLS_ANSWERS))
  if (options.accuracy) writeAccuracy(env.WHYTLS_ANSWERS, 'docs/ACCURACY.md')
}

/** Tests that need a tool which not everybody has. In CI its absence is a failure, elsewhere a loud note. */
function excludeUnservable() {
  const lacking = Object.entries(TOOL_TESTS).filter(([tool]) => !answers(tool, ['--version']))
  for (const [tool, files] of lacking)
    console.error(`${IN_CI ? 'error' : 'WARNING'}: ${tool} is not installed: ${files.join(' and ')} was NOT run`)
  if (IN_CI) sums.failed += lacking.length
  return lacking.flatMap(([, files]) => files.flatMap((file) => ['--exclude', file]))
}

/** What the end-to-end tests cannot do without, each with the reason. */
function missingTools() {
  const missing = []
  if (!answers('go', ['version'])) missing.push('go is not installed')
  if (!answers('ip', ['-V'])) missing.push('ip (iproute2) is not installed')
  if (!options.useNamespace) missing.push('--no-namespace was given')
  else if (!answers('unshare', ['-Urnm', 'true'])) missing.push('`unshare -Urnm` does not work here (unprivileged user namespaces are off)')
  return missing
}

function answers(command, args) {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0
}

function leaveOut(reasons) {
  const mustFail = IN_CI || options.useNamespace
  if (mustFail) sums.failed += 1
  console.error(`${mustFail ? 'error' : 'WARNING'}: the end-to-end tests were NOT run: ${reasons.join('; ')}`)
}

/** hosts is filled by the tests themselves (each case knows its names); the resolver is the lab's. */
function writeNamespaceFiles() {
  writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n')
  writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:2 attempts:2\n')
  writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files dns\n')
  chmodSync(folder, 0o755)
}

/** Second half, in the namespace: loopback up, an address for the IP case, own name resolution, then vitest. */
function runInside({ inside, vitest }) {
  execFileSync('ip', ['link', 'set', 'lo', 'up'])
  execFileSync('ip', ['addr', 'add', '192.0.2.10/32', 'dev', 'lo'])
  for (const name of ['hosts', 'resolv.conf', 'nsswitch.conf']) execFileSync('mount', ['--bind', join(inside, name), `/etc/${name}`])
  return spawnSync(process.execPath, vitest, { stdio: 'inherit' }).status ?? 1
}
