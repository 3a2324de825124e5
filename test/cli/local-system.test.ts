import { describe, expect, it } from 'vitest'
import { familyOf } from '../../src/cli/local-system.ts'

describe('the family of a Linux', () => {
  it.each([
    ['ID=debian\n', 'debian'],
    ['NAME="Linux Mint"\nID=linuxmint\nID_LIKE="ubuntu debian"\n', 'debian'],
    ['ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'fedora'],
    ['ID=alpine\n', 'alpine'],
    ['ID=nixos\nBUG_REPORT_URL="https://debian.example"\n', null],
    ['', null],
  ])('that calls itself %j is %s', (text, family) => expect(familyOf(text)).toBe(family))
})
