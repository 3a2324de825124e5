/** Tokens of the proxy port. */
import { randomBytes, timingSafeEqual } from 'node:crypto'

/** 128 random bits as hex. */
export function makeSecret(): string {
  return randomBytes(16).toString('hex')
}

/** Compare in a time that does not depend on where they differ. */
export function isSameSecret(given: string, secret: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(secret)]
  return a.length === b.length && timingSafeEqual(a, b)
}
