/** Numbers as people read them, for whoever prints (one source: diagnosis/units.ts). */
export {
  counted as formatCount,
  fromNow as formatFromNow,
  inBytes as formatBytes,
  inCount as formatNumber,
  inTime as formatDuration,
} from '../diagnosis/units.ts'
