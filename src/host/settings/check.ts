/** Makes checks, with what is left out filled in. */
import type { Check } from '../../contract/document.ts'

/** A check of a status: no code, place, advice or commands unless given. */
export function check(status: Check['status'], subject: string, text: string, more: Partial<Check> = {}): Check {
  return { subject, status, code: null, text, place: null, advice: null, commands: [], ...more }
}

/** Something that makes a client accept what it should refuse, or skip a comparison. */
export function insecure(subject: string, text: string, more: Partial<Check> = {}): Check {
  return check('warning', subject, text, { code: 'insecure-setting', ...more })
}
