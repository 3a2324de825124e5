// Makes docs/ACCURACY.md from what the end-to-end tests noted (test/e2e/grade.ts): one JSON object a line.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'

const MODES = ['run', 'no-witness', 'serve', 'no-probe']
const MODE_WORDS = { run: '`run`', 'no-witness': '`run --no-witness`', serve: '`serve`', 'no-probe': '`run --no-probe`' }
const GRADES = ['right', 'shallower', 'wrong']

function readAnswers(file) {
  if (!existsSync(file)) return []
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
  return lines.map((line) => JSON.parse(line))
}

/** One line for the log: right / shallower / wrong of each mode. */
export function summarizeAnswers(file) {
  const answers = readAnswers(file)
  if (answers.length === 0) return ''
  const parts = MODES.map((mode) => [mode, count(answers.filter((one) => one.mode === mode))]).filter(([, text]) => text !== '0 / 0 / 0')
  return `answers (right / honest but shallower / wrong): ${parts.map(([mode, text]) => `${mode} ${text}`).join(', ')}`
}

function count(answers) {
  return GRADES.map((grade) => answers.filter((one) => one.grade === grade).length).join(' / ')
}

/** Write the whole page. */
export function writeAccuracy(file, page) {
  const answers = readAnswers(file)
  const versions = [...new Set(answers.map(({ version }) => version))].sort(compareVersions)
  const causes = [...new Set(answers.map(({ cause }) => cause))].sort()
  const sharers = findSharers(answers, versions.at(-1))
  const rows = causes.map((cause) => {
    const own = answers.filter((one) => one.cause === cause)
    const worlds = new Set(own.map(({ id }) => id)).size
    const cells = MODES.map((mode) => count(own.filter((one) => one.mode === mode)))
    return `| \`${cause}\` | ${worlds} | ${cells.join(' | ')} | ${alone(cause, sharers)} |`
  })
  const totals = `| **all** | ${new Set(answers.map(({ id }) => id)).size} | ${MODES.map((mode) => count(answers.filter((one) => one.mode === mode))).join(' | ')} | |`
  writeFileSync(page, `${[...intro(versions), ...rows, totals].join('\n')}\n`)
}

function intro(versions) {
  return [
    '# Accuracy',
    '',
    'How often whytls names the cause, measured on the worlds of its own lab (`src/lab/cases/`) with the real go',
    `${versions.join(', ')}. \`npm run accuracy\` writes this page from the answers of the end-to-end tests; none of them may be wrong.`,
    '',
    'Each cell: answers that are **right** (cause, leg and stage) / **honest but shallower** (nothing, `peer-*`, `alert-*`, a truth that says less, or',
    'the right cause named as also possible) / **wrong**. `run` was asked of every version, the other modes of the newest only. "ok" are sound',
    'worlds: any diagnosis there is wrong. The last column: how many of the causes here make go print the same sentence (addresses and names aside);',
    'its text alone cannot tell these apart.',
    '',
    `| cause | worlds | ${MODES.map((mode) => MODE_WORDS[mode]).join(' | ')} | go's text alone |`,
    `|---|---|${MODES.map(() => '---').join('|')}|---|`,
  ]
}

/** Which causes share each sentence of go, as the newest version prints it. */
function findSharers(answers, newest) {
  const sharers = new Map()
  for (const { cause, goText, mode, version } of answers) {
    if (goText === null || mode !== 'run' || version !== newest || cause === 'ok') continue
    const text = plain(goText)
    sharers.set(text, (sharers.get(text) ?? new Set()).add(cause))
  }
  return sharers
}

/** A sentence without what differs from world to world. */
function plain(text) {
  return text
    .split('\n')[0]
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\S*/g, 'TIME')
    .replaceAll(/https?:\/\/[^\s"]+/g, 'URL')
    .replaceAll(/[a-z0-9.-]+\.test\b/g, 'HOST')
    .replaceAll(/\d+(?:\.\d+){3}(?::\d+)?/g, 'ADDRESS')
    .replaceAll(/"[^"]*"/g, 'NAME')
}

function alone(cause, sharers) {
  const groups = [...sharers.values()].filter((causes) => causes.has(cause))
  if (groups.length === 0) return cause === 'ok' ? '' : 'none seen'
  const most = Math.max(...groups.map(({ size }) => size))
  return most === 1 ? 'this cause alone' : `one of ${most}`
}

function compareVersions(a, b) {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  return left[0] - right[0] || left[1] - right[1] || (left[2] ?? 0) - (right[2] ?? 0)
}
