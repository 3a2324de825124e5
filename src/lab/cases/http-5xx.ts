import { defineStatusCase } from '../http-case.ts'

/** The server is down for maintenance. */
export const http5xx = defineStatusCase('http-5xx', 'the server answers 503', 503, 'back soon')
