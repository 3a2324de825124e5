import { defineParentCase } from '../parent-case.ts'

/** CONNECT is never answered; go waits sixty seconds. */
export const proxySilent = defineParentCase({
  id: 'proxy-silent',
  summary: 'the parent proxy never answers CONNECT',
  behaviour: () => {},
  takesMs: 60000,
})
