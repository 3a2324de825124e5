import { defineMiddleboxCase, itsName } from '../middlebox.ts'

/** RST for one server name, as a filter by name sends it. */
export const sniFiltered = defineMiddleboxCase({
  id: 'sni-filtered',
  summary: 'the connection is reset because of the server name',
  cause: 'sni-filtered',
  dislikes: itsName,
  refusal: 'reset',
})
