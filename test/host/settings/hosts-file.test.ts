import { describe, expect, it } from 'vitest'
import { findHostsLine } from '../../../src/host/settings/hosts-file.ts'

const TEXT = '127.0.0.1 localhost\n# 10.1.2.9 old.example\n10.1.2.9\tMods.example mods # ours\n10.1.2.8 mods.example\n'

describe('the line of the hosts file that gave an address', () => {
  it('is found by name and address, whatever the case', () => expect(findHostsLine(TEXT, 'mods.example.', '10.1.2.9')).toBe(3))
  it('is another one for another address', () => expect(findHostsLine(TEXT, 'mods.example', '10.1.2.8')).toBe(4))
  it('is none for a name or an address that stands in a comment only, or nowhere', () => {
    expect(findHostsLine(TEXT, 'old.example', '10.1.2.9')).toBeUndefined()
    expect(findHostsLine(TEXT, 'ours', '10.1.2.9')).toBeUndefined()
    expect(findHostsLine(TEXT, 'mods.example', '10.9.9.9')).toBeUndefined()
  })
})
