import { defineStatusCase } from '../http-case.ts'

/** A redirect without a place. */
export const httpOther = defineStatusCase('http-other', 'the server answers 302 without a Location', 302, 'somewhere else')
