/** The blocks that stand under go's own output. Pure: what is known goes in, one string comes out. */
import { counted } from '../diagnosis/units.ts'
import { type BlockInput, gatherBlocks } from './block.ts'
import { drawNarrow } from './narrow.ts'
import { drawPlain } from './plain.ts'
import type { Style } from './style.ts'
import { drawWide } from './wide.ts'

export type { BlockInput } from './block.ts'
export type { Style } from './style.ts'
export { successLine } from './success.ts'

const MOST_BLOCKS = 3
const NARROW = 60

/** One block per cause, at most three, then how many more there are. Ends in a line break; "" when there is nothing to say. */
export function diagnosisBlocks(input: BlockInput, style: Style): string {
  const blocks = gatherBlocks(input, style)
  const draw = style.plain ? drawPlain : style.columns < NARROW ? drawNarrow : drawWide
  const drawn = blocks.slice(0, MOST_BLOCKS).map((block) => draw(block, style, input.quiet ?? false).join('\n'))
  const rest = blocks.length - MOST_BLOCKS
  const more = rest > 0 ? [`and ${counted(rest, 'more cause')}: whytls show${input.runId === null ? '' : ` --run ${input.runId}`}`] : []
  const all = [...drawn, ...more]
  return all.length === 0 ? '' : `${all.join('\n\n')}\n`
}
