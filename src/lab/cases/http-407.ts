import { defineStatusCase } from '../http-case.ts'

/** The origin, not a proxy, answers 407. */
export const http407 = defineStatusCase('http-407', 'the origin itself answers 407', 407, 'a proxy login, says the origin')
