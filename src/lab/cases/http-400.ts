import { defineStatusCase } from '../http-case.ts'

/** Some servers say so when a client certificate is missing; this one does not ask for one. */
export const http400 = defineStatusCase('http-400', 'the server answers 400', 400, 'bad request')
