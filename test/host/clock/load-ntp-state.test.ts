import { describe, expect, it } from 'vitest'
import { loadNtpState } from '../../../src/host/clock/load-ntp-state.ts'

describe('loadNtpState', () => {
  it('takes the first service that answers', async () => {
    const state = await loadNtpState('linux', async ([program]) => (program === 'chronyc' ? 'Stratum : 2\nLeap status : Normal\n' : null))
    expect(state).toEqual({ synchronized: true, source: 'chronyc' })
  })

  it('knows nothing where no service answers', async () => {
    expect(await loadNtpState('linux', async () => null)).toBeNull()
    expect(await loadNtpState('darwin', async () => 'Network Time: On\n')).toBeNull()
  })

  it('asks this machine without an error, whatever is installed', async () => {
    await expect(loadNtpState()).resolves.toSatisfy((state) => state === null || typeof state === 'object')
  })
})
