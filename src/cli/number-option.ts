/** Numbers on the command line. */
import { InvalidArgumentError } from 'commander'

/** A TCP port, 0 to 65535. @throws InvalidArgumentError */
export function parsePort(value: string): number {
  const port = Number(value)
  if (!/^\d+$/.test(value) || port > 65_535) throw new InvalidArgumentError('a port is a number from 0 to 65535.')
  return port
}

/** A positive whole number. @throws InvalidArgumentError */
export function parseCount(value: string): number {
  const count = Number(value)
  if (!/^\d+$/.test(value) || count < 1 || !Number.isSafeInteger(count)) throw new InvalidArgumentError('it is a whole number from 1.')
  return count
}

/** A whole number, 0 included. @throws InvalidArgumentError */
export function parseNumber(value: string): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || !Number.isSafeInteger(number)) throw new InvalidArgumentError('it is a whole number from 0.')
  return number
}
