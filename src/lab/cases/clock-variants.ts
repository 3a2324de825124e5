/** Further worlds of another time, and worlds that only look so. */
import type { LabCase } from '../case.ts'
import { defineClockCase } from '../clock-case.ts'

const EXPIRED = { cause: 'cert-expired', leg: 'upstream', stage: 'certificate' } as const

export const CLOCK_VARIANTS: readonly LabCase[] = [
  defineClockCase({
    id: 'client-clock-wrong/behind',
    summary: 'the clock of this machine is two months behind: certificates are not valid yet',
    minted: '+60d',
    tellers: [{ setting: 'GOSUMDB', time: '+60d' }],
  }),
  defineClockCase({
    id: 'client-clock-wrong/hours',
    summary: 'the clock of this machine is five hours behind, and the certificate is three hours old',
    recipe: 'fresh-leaf',
    minted: '+5h',
    tellers: [
      { setting: 'GOPROXY', time: '+5h' },
      { setting: 'GOSUMDB', time: '+5h' },
    ],
  }),
  defineClockCase({
    id: 'client-clock-wrong/tls12',
    summary: 'the clock of this machine is four months ahead (TLS 1.2)',
    minted: '-120d',
    tellers: [{ setting: 'GOPROXY', time: '-120d' }],
    origin: { maxVersion: 'TLSv1.2' },
  }),
  defineClockCase({
    id: 'client-clock-wrong/parent',
    summary: 'the clock of this machine is a year ahead, and only the parent proxy tells the time beside the failing host',
    minted: '-365d',
    parentTells: '-365d',
  }),
  defineClockCase({
    id: 'client-clock-wrong/intermediate',
    summary: 'the clock of this machine is five years ahead: every certificate of the chain is over',
    minted: '-1825d',
    tellers: [
      { setting: 'GOPROXY', time: '-1825d' },
      { setting: 'GOSUMDB', time: '-1825d' },
    ],
  }),
  defineClockCase({
    id: 'cert-expired/liar',
    summary: 'the leaf is over, and its host sends an old Date',
    recipe: 'cert-expired',
    minted: '+0d',
    tells: '-30d',
    expect: EXPIRED,
  }),
  defineClockCase({
    id: 'cert-expired/liar-alone',
    summary: 'the leaf is over, its host sends an old Date, the parent proxy and another host the right one',
    recipe: 'cert-expired',
    minted: '+0d',
    tells: '-30d',
    tellers: [{ setting: 'GOSUMDB', time: '+0d' }],
    parentTells: '+0d',
    expect: EXPIRED,
  }),
  defineClockCase({
    id: 'cert-expired/two-liars',
    summary: 'the leaf is over, and its host and another one with a chain that never held send old Dates',
    recipe: 'cert-expired',
    minted: '+0d',
    tells: '-30d',
    tellers: [{ setting: 'GOPROXY', time: '-30d', recipe: 'cert-expired' }],
    expect: EXPIRED,
  }),
  defineClockCase({
    id: 'cert-expired/clock-too',
    summary: 'the clock of this machine is an hour ahead, but the leaf ended three days ago',
    recipe: 'cert-expired',
    minted: '+0d',
    tells: '-60m',
    tellers: [
      { setting: 'GOPROXY', time: '-60m' },
      { setting: 'GOSUMDB', time: '-60m' },
    ],
    expect: EXPIRED,
  }),
]
