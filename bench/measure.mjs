/** Time, CPU and memory of other processes, from /proc (Linux). */
import { readFileSync, writeFileSync } from 'node:fs'

const TICK_MS = 10

/** CPU milliseconds (user and system, all threads) that a process has used. */
export function readCpuMs(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')
  return (Number(fields[11]) + Number(fields[12])) * TICK_MS
}

/** Begin a new peak of resident memory. */
export function resetPeak(pid) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
}

/** Peak of resident memory since `resetPeak`, MiB. */
export function readPeakMib(pid) {
  const found = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))
  return Number(found?.[1]) / 1024
}
