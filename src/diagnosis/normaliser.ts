/**
 * The published normaliser: what differs between two runs of plain go is taken out, and nothing else, so that the rest can be compared byte for byte.
 * It replaces RFC 3339 current times and local and peer address:port, and puts the lines of different modules into one order.
 */

/** All of it, for a whole stderr. */
export function normaliseGoText(stderr: string): string {
  return orderModules(normaliseAddresses(normaliseTimes(stderr)))
}

/** `current time 2026-11-22T13:44:02Z` becomes `current time TIME`; the certificate's own date stays. */
export function normaliseTimes(text: string): string {
  return text.replace(/current time \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, 'current time TIME')
}

/** `read tcp 127.0.0.1:4711->10.0.0.8:3128:` becomes `read tcp LOCAL->PEER:`; a single address stays. */
export function normaliseAddresses(text: string): string {
  return text.replace(ADDRESS_PAIR, 'LOCAL->PEER')
}

/** Lines of different modules in the order of their modules; lines of one module, and lines without a module, keep their places among themselves. */
export function orderModules(stderr: string): string {
  const ended = stderr.endsWith('\n')
  const lines = (ended ? stderr.slice(0, -1) : stderr).split('\n')
  const ordered = groupRuns(blocksOf(lines)).flatMap((run) => (run[0]?.module === null ? run : [...run].sort(byModule)))
  return ordered.flatMap((block) => block.lines).join('\n') + (ended ? '\n' : '')
}

interface Block {
  readonly module: string | null
  /** The line itself and the indented or empty lines that belong to it. */
  readonly lines: readonly string[]
}

function blocksOf(lines: readonly string[]): readonly Block[] {
  const blocks: { module: string | null; lines: string[] }[] = []
  for (const line of lines) {
    const last = blocks.at(-1)
    if (last !== undefined && last.module !== null && line.startsWith('\t')) last.lines.push(line)
    else blocks.push({ module: moduleOf(line), lines: [line] })
  }
  return blocks
}

/** Neighbours that have a module, and single blocks that have none. */
function groupRuns(blocks: readonly Block[]): readonly (readonly Block[])[] {
  const runs: Block[][] = []
  for (const block of blocks) {
    const last = runs.at(-1)
    if (last?.[0]?.module && block.module !== null) last.push(block)
    else runs.push([block])
  }
  return runs
}

function byModule(a: Block, b: Block): number {
  const [left, right] = [a.module ?? '', b.module ?? '']
  return left < right ? -1 : left > right ? 1 : 0
}

/** `go: example.test/m@v1.0.0: …` and `go: downloading example.test/m v1.0.0`; both give `example.test/m`. */
function moduleOf(line: string): string | null {
  const match = /^go: (?:downloading )?([^\s@:]+\/[^\s@:]+|[^\s@:]+\.[^\s@:]+)(?:@| v)/.exec(line)
  return match?.[1] ?? null
}

const IP_PORT = /(?:\[[0-9A-Za-z:.%]{2,60}\]|\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}/.source
const ADDRESS_PAIR = new RegExp(`${IP_PORT}->${IP_PORT}`, 'g')
