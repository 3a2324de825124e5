import { defineStatusCase } from '../http-case.ts'

/** The module is not there. */
export const http404 = defineStatusCase('http-404', 'the server answers 404', 404, 'no such module')
