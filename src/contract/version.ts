import type { Tool } from './document.ts'

/** The version of whytls; a test compares it with package.json. */
export const VERSION = '0.1.0'

/** How whytls names itself in every document. */
export function describeTool(node: string, platform: string, arch: string): Tool {
  return { version: VERSION, node, platform: `${platform}-${arch}` }
}
