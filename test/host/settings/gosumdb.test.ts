import { describe, expect, it } from 'vitest'
import { checkGosumdb } from '../../../src/host/settings/gosumdb.ts'

describe('GOSUMDB', () => {
  it.each([
    ['sums.example', 'fine'],
    ['sums.example+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8', 'fine'],
    ['sums.example+033DE0AE+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8', 'fine'],
    ['sums.example+name', 'problem'],
    ['sums.example+033de0ae', 'problem'],
    ['off', 'warning'],
    ['sums.example https://sums.example extra', 'problem'],
  ])('%s is a %s', (value, status) => expect(checkGosumdb(value)[0]?.status).toBe(status))

  it('says nothing where it is not set', () => expect(checkGosumdb('')).toEqual([]))
})
