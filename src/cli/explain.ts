/** `whytls explain`: ranked causes for a pasted error. */
import { explainPaste } from '../diagnosis/explain-paste.ts'
import { MOST_PASTED } from '../diagnosis/paste.ts'
import { explanationText } from '../report/explain-text.ts'
import { jsonText } from '../report/json-text.ts'
import { EXIT } from './exit-code.ts'
import { Problem } from './problem.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface ExplainOptions extends StyleChoice {
  readonly json?: boolean
}

/** 0 when something in the text is known, 3 when nothing is. */
export async function explainCommand(words: readonly string[], options: ExplainOptions): Promise<number> {
  const text = words.length > 0 ? words.join(' ') : await readPasted()
  const explanations = explainPaste(text)
  const style = chooseStyle(process.stdout, process.env, options)
  process.stdout.write(
    options.json === true ? `${jsonText({ schema: 'whytls/1', explanations }, 2)}\n` : explanationText(explanations, style),
  )
  return explanations.length > 0 ? EXIT.fine : EXIT.couldNotTell
}

/** Standard input to its end, or to 1 MiB: no error message is longer. */
async function readPasted(): Promise<string> {
  if (process.stdin.isTTY === true) {
    throw new Problem('usage', 'explain needs an error: as an argument or on stdin', 'whytls explain < error.txt', EXIT.usage)
  }
  const chunks: Uint8Array[] = []
  let lengthBytes = 0
  for await (const chunk of process.stdin) {
    const octets: Uint8Array = chunk
    chunks.push(octets)
    lengthBytes += octets.length
    if (lengthBytes >= MOST_PASTED) break
  }
  return Buffer.concat(chunks).subarray(0, MOST_PASTED).toString('utf8')
}
