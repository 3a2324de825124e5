/** The two forms that most lists of TLS have. */
import type { Cursor } from './cursor.ts'

/** A list of 16-bit numbers behind its length. */
export function readNumbers(data: Cursor, lengthOctets: 1 | 2, field: string): number[] {
  const list = data.vector(lengthOctets, field)
  const numbers: number[] = []
  while (!list.isAtEnd) numbers.push(list.u16(field))
  return numbers
}

/** A list of names, each behind a length of one octet, the whole behind one of two (RFC 7301 section 3.1); one character an octet. */
export function readNames(data: Cursor, field: string): string[] {
  const list = data.vector(2, field)
  const names: string[] = []
  while (!list.isAtEnd) names.push(Buffer.from(list.vector(1, `${field}.protocol_name`).rest()).toString('latin1'))
  return names
}
