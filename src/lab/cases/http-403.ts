import { defineStatusCase } from '../http-case.ts'

/** The server refuses. */
export const http403 = defineStatusCase('http-403', 'the server answers 403', 403, 'not for you')
