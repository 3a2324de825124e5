import { defineInspectionCase } from '../inspection-case.ts'

/** A gateway in the path re-signs every host; nobody told go about its CA. */
export const inspectionCaUntrusted = defineInspectionCase({
  id: 'inspection-ca-untrusted',
  summary: 'a gateway in the path re-signs every host and go lacks its CA',
  where: 'wire',
})
