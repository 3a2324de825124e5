import { defineStatusCase } from '../http-case.ts'

/** The server wants a login. */
export const http401 = defineStatusCase('http-401', 'the server answers 401', 401, 'log in first', {
  'www-authenticate': 'Basic realm="lab"',
})
