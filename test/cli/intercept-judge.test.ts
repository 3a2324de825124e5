import { expect, it } from 'vitest'
import { makeOriginJudge } from '../../src/cli/intercept-judge.ts'
import { openConnection } from '../../src/recorder/connection.ts'
import { CLIENT_HELLO } from '../diagnosis/observation-builders.ts'
import { ISSUING, LEAF, ROOT, rootsWith, startOf } from '../recorder/session.ts'

const hello = { ...CLIENT_HELLO, looksLike: 'go 1.26' }
const asked = (key: string) => ({ key, name: 'modproxy.example', hello, chain: [LEAF.der, ISSUING.der] })

it('finds a chain good for the client whose roots it was judged with, and for no other', () => {
  const [trusting, other] = [rootsWith(ROOT), rootsWith()]
  const judge = makeOriginJudge({
    connection: (key) => openConnection(startOf(key), null),
    go: () => ({ version: '1.26.8', isKnown: true, godebug: '' }),
    roots: ({ start }) => (start.key === 'trusting' ? trusting : other),
    files: null,
  })
  expect(judge(asked('trusting'))).toBeNull()
  expect(judge(asked('trusting'))).toBeNull()
  expect(judge(asked('other'))).toContain('certificate signed by unknown authority')
})
