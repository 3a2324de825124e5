import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

/**
 * The folder of development data (WHYTLS_DATA, else beside the project), or null with a loud warning where it is absent.
 * With CI=true its absence is an error: there the comparison must be made.
 */
export function findDevelopmentData(): string | null {
  const folder = resolve(process.env['WHYTLS_DATA'] ?? resolve(import.meta.dirname, '../../../shared/data'))
  if (existsSync(resolve(folder, 'tls/index.json'))) return folder
  if (process.env['CI'] === 'true') throw new Error(`no development data at ${folder}: set WHYTLS_DATA`)
  console.warn(`\n*** NOT COMPARED with the development data: nothing at ${folder}. Set WHYTLS_DATA. ***\n`)
  return null
}
