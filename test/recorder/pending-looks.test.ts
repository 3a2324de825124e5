import { describe, expect, it } from 'vitest'
import { openConnection } from '../../src/recorder/connection.ts'
import { PendingLooks } from '../../src/recorder/pending-looks.ts'
import { startOf } from './session.ts'

function makeLook() {
  let resolve: (result: string) => void = () => {}
  let reject: (reason: Error) => void = () => {}
  const promise = new Promise<string>((...ends) => {
    ;[resolve, reject] = ends
  })
  return { promise, resolve, reject }
}

describe('a connection that is looked at', () => {
  it.each([
    ['first', 0],
    ['last', 1],
  ])('is so until both looks are over, when the %s of them ends first', async (_which, firstToEnd) => {
    const looks = new PendingLooks()
    const connection = openConnection(startOf('a'), 1)
    const pair = [makeLook(), makeLook()]
    const seen: (string | null)[] = []
    const states: boolean[] = []
    for (const { promise } of pair) {
      looks.begin(connection, promise, (result) => {
        seen.push(result)
        states.push(connection.isProbing)
      })
    }
    expect(connection.isProbing).toBe(true)
    pair[firstToEnd]?.resolve('one')
    pair[1 - firstToEnd]?.reject(new Error('could not look'))
    await looks.settle()
    expect(seen).toEqual(['one', null])
    expect(states).toEqual([true, false])
    expect(looks.size).toBe(0)
  })

  it('is so again when the end of one look begins another, and only then are all over', async () => {
    const looks = new PendingLooks()
    const connection = openConnection(startOf('a'), 1)
    const states: boolean[] = []
    looks.begin(connection, Promise.resolve('probe'), () => {
      states.push(connection.isProbing)
      looks.begin(connection, Promise.resolve('time'), () => states.push(connection.isProbing))
      states.push(connection.isProbing)
    })
    await looks.settle()
    expect(states).toEqual([false, true, false])
  })
})
