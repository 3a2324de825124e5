import { defineStatusCase } from '../http-case.ts'

/** Too many requests. */
export const http429 = defineStatusCase('http-429', 'the server answers 429', 429, 'slow down', { 'retry-after': '60' })
