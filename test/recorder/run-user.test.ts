import { describe, expect, it } from 'vitest'
import { runIdFromUser, userOfRun } from '../../src/recorder/run-user.ts'

describe('the user name of a run', () => {
  it.each([1, 9, 123_456_789_012_345])('%i goes there and back', (id) => {
    expect(runIdFromUser(userOfRun(id))).toBe(id)
  })
  it.each([null, '', 'run-', 'run-x', 'run-1x', 'xrun-1', 'run--1', 'run-1234567890123456', 'whytls', 'RUN-1'])('is not %j', (user) => {
    expect(runIdFromUser(user)).toBeNull()
  })
})
