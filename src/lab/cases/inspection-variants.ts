/** Gateways in other places, with their CA known to others, and a company's own server that is none. */
import type { LabCase } from '../case.ts'
import { defineInspectionCase } from '../inspection-case.ts'
import { definePrivateMirrorCase } from '../private-mirror-case.ts'

export const INSPECTION_VARIANTS: readonly LabCase[] = [
  defineInspectionCase({
    id: 'inspection-ca-untrusted/proxy',
    summary: 'the company proxy re-signs every host, with leaves made minutes ago',
    where: 'proxy',
    since: '-5m',
  }),
  defineInspectionCase({
    id: 'inspection-ca-untrusted/git-knows',
    summary: 'a gateway in the path re-signs every host; git has its CA, go has not',
    where: 'wire',
    trustedBy: 'git',
  }),
  defineInspectionCase({
    id: 'ok/intercepted',
    summary: 'a gateway in the path re-signs every host and go trusts its CA',
    where: 'wire',
    trustedBy: 'go',
    expect: { cause: 'ok', leg: null, stage: null },
  }),
  definePrivateMirrorCase('unknown-authority/private-mirror', 'a company mirror and its second name, both with the company’s own CA'),
]
