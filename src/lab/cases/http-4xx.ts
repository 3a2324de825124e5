import { defineStatusCase } from '../http-case.ts'

/** Unavailable for legal reasons. */
export const http4xx = defineStatusCase('http-4xx', 'the server answers 451', 451, 'not in this country')
