import { describe, expect, it } from 'vitest'
import { trustRecipes } from '../../src/cli/ca-recipes.ts'

const PATHS = { certificate: "/home/o'neil/ca/ca.pem", bundle: '/home/me/ca/bundle.pem' }

describe('how an authority is trusted', () => {
  it.each(['linux', 'darwin', 'win32'] as const)('each recipe for %s has its way back', (platform) => {
    for (const { title, commands, undo } of trustRecipes(platform, PATHS, 'bash')) {
      expect(title).not.toBe('')
      expect(commands.length).toBeGreaterThan(0)
      expect(undo.length).toBeGreaterThan(0)
    }
  })

  it('on Linux begins with the shell alone, and names the tools of both families of distributions', () => {
    const recipes = trustRecipes('linux', PATHS, 'bash')
    expect(recipes[0]?.commands.join()).not.toContain('sudo')
    const all = recipes.flatMap(({ commands }) => commands).join('\n')
    for (const tool of ['update-ca-certificates', 'update-ca-trust extract']) expect(all).toContain(tool)
  })

  it('quotes the path of the certificate', () => {
    for (const platform of ['linux', 'darwin', 'win32'] as const) {
      const lines = trustRecipes(platform, PATHS, 'bash').flatMap(({ commands }) => commands)
      for (const line of lines.filter((each) => each.includes('neil'))) expect(line).not.toContain(" /home/o'neil/ca")
    }
  })
})
