import { readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { loadRecipe } from '../../src/lab/recipe.ts'

const names = readdirSync(new URL('../../certs/', import.meta.url))
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace('.json', ''))

describe('loadRecipe', () => {
  it.each(names)('%s is sound: every name that it uses is one of its certificates', async (name) => {
    const recipe = await loadRecipe(name)
    const used = [
      ...recipe.send,
      ...recipe.trust,
      ...Object.values(recipe.certificates).flatMap((one) => [one.issuer, one.signedBy ?? one.issuer]),
    ]
    expect(Object.keys(recipe.certificates)).toEqual(expect.arrayContaining(used))
    expect(recipe.about).toMatch(/\.$/)
  })

  it('takes from the recipe that it extends whatever it does not say itself', async () => {
    const [sound, expired] = await Promise.all([loadRecipe('ok'), loadRecipe('cert-expired')])
    expect(expired.certificates['root']).toEqual(sound.certificates['root'])
    expect(expired.certificates['leaf']).toEqual({ ...sound.certificates['leaf'], validity: ['-93d', '-3d'] })
  })
})
