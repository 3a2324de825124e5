import { defineClockCase } from '../clock-case.ts'

/** By the time of two other hosts, a year back, every certificate is fine. */
export const clientClockWrong = defineClockCase({
  id: 'client-clock-wrong',
  summary: 'the clock of this machine is a year ahead of all hosts',
  minted: '-365d',
  tellers: [
    { setting: 'GOPROXY', time: '-365d' },
    { setting: 'GOSUMDB', time: '-365d' },
  ],
})
