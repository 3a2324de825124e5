// Writes docs/whytls-1.schema.json from the types in src/contract. `--check` only compares.
import { readFile, writeFile } from 'node:fs/promises'
import { createGenerator } from 'ts-json-schema-generator'

const FILE = 'docs/whytls-1.schema.json'
const schema = createGenerator({
  path: 'src/contract/document.ts',
  tsconfig: 'scripts/schema.tsconfig.json',
  type: 'Document',
  skipTypeCheck: true,
  additionalProperties: true,
}).createSchema('Document')
const text = `${JSON.stringify({ $id: 'whytls-1', title: 'whytls/1', ...schema }, null, 2)}\n`
if (process.argv.includes('--check')) {
  const written = await readFile(FILE, 'utf8').catch(() => '')
  if (written !== text) {
    console.error(`error: ${FILE} is not what the types say; run: npm run schema`)
    process.exit(1)
  }
} else {
  await writeFile(FILE, text)
}
