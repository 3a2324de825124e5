/** The page of one cause under docs/causes/, made from the cause itself and from the observation that its row in the table of tests shows. */
import type { Diagnosis, Fix } from '../../src/contract/diagnosis.ts'
import type { Cause } from '../../src/diagnosis/cause.ts'
import { CAUSES } from '../../src/diagnosis/causes/index.ts'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { diagnosisBlocks } from '../../src/report/terminal.ts'
import { ROWS, type Row } from '../diagnosis/causes.table.ts'
import { goWords } from './go-words.ts'

/** File name without its ending: `alert-*` stands for a family. */
export function pageName(id: string): string {
  return id.replace('-*', '')
}

/** The list of all causes, in order of priority. */
export function indexPage(): string {
  const rows = CAUSES.map(({ id, meaning, fault }) => {
    const row = ROWS[id]
    return `| [\`${id}\`](${pageName(id)}.md) | ${meaning} | ${row.leg} | ${row.stage} | ${fault} |`
  })
  return page([
    '# Causes',
    'What whytls can name, the deepest first: where several fit, the first one is the diagnosis. `test/docs/` makes these pages from the source.',
    ['| code | meaning | leg | stage | whose side must act |', '|---|---|---|---|---|', ...rows].join('\n'),
  ])
}

/** One cause: what it means, what go prints, what whytls says, and every fix with its reverse. */
export function causePage(cause: Cause, row: Row): string {
  const draft = toDraft(diagnose(row.seen), row.seen)
  if (draft === undefined) throw new Error(`${cause.id}: its row shows no diagnosis`)
  const diagnosis: Diagnosis = { ...draft, id: 1, handshakes: [], count: 1 }
  return page([
    `# ${cause.id}`,
    `${cause.meaning}.`,
    ['| leg | stage | whose side must act |', '|---|---|---|', `| ${row.leg} | ${row.stage} | ${cause.fault} |`].join('\n'),
    '## What go prints',
    'Words in capitals vary. The tests compare these with what the real go prints.',
    fence(goWords(cause.id).join('\n')),
    '## What whytls says',
    fence(blockOf(diagnosis)),
    '## Fixes',
    ...diagnosis.fixes.map(describeFix),
    ...vain(diagnosis),
    ...alike(diagnosis),
    ...tryIt(cause.id),
    '[All causes](README.md)',
  ])
}

function page(parts: readonly string[]): string {
  return `${parts.join('\n\n')}\n`
}

function fence(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``
}

function blockOf(diagnosis: Diagnosis): string {
  const input = { diagnoses: [diagnosis], handshakes: [], runId: null, os: 'linux', shell: 'bash', isNotStored: true } as const
  return diagnosisBlocks(input, { columns: 80, colour: false, unicode: true, plain: false })
}

function describeFix(fix: Fix): string {
  const where = [fix.os, fix.shell].filter((word) => word !== 'any').join(', ')
  const lines = [`**${fix.title}** (${[fix.who, fix.scope, where].filter((word) => word !== '').join('; ')})`]
  if (fix.commands.length > 0) lines.push(`\`\`\`sh\n${fix.commands.join('\n')}\n\`\`\``)
  if (fix.undo.length > 0) lines.push(`Undo: ${fix.undo.map((line) => `\`${line}\``).join(', ')}`)
  if (fix.risk !== null) lines.push(`Risk: ${fix.risk}.`)
  return lines.join('\n\n')
}

function vain({ willNotHelp }: Diagnosis): readonly string[] {
  if (willNotHelp.length === 0) return []
  return ['## What will not help', willNotHelp.map(({ setting, because }) => `- \`${setting}\`: ${because}`).join('\n')]
}

function alike({ alsoPossible }: Diagnosis): readonly string[] {
  if (alsoPossible.length === 0) return []
  const lines = alsoPossible.map(({ cause, test }) => `- [\`${cause}\`](${pageName(cause)}.md), told apart by \`${test}\``)
  return ['## What looks like it', lines.join('\n')]
}

function tryIt(id: string): readonly string[] {
  if (!Object.hasOwn(LAB_CASES, id)) return []
  return ['## See it', `\`\`\`sh\nwhytls lab run ${id}\n\`\`\``]
}
