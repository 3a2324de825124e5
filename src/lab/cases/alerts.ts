import { defineAlertCase } from '../alert-case.ts'

/** One case for each fatal alert that a server may send instead of a ServerHello and that names no cause of its own (RFC 8446 section 6). */
export const ALERT_CASES = {
  'alert-handshake-failure': defineAlertCase('alert-handshake-failure', 40),
  'alert-illegal-parameter': defineAlertCase('alert-illegal-parameter', 47),
  'alert-access-denied': defineAlertCase('alert-access-denied', 49),
  'alert-decode-error': defineAlertCase('alert-decode-error', 50),
  'alert-internal-error': defineAlertCase('alert-internal-error', 80),
  'alert-unrecognized-name': defineAlertCase('alert-unrecognized-name', 112),
  'alert-unknown': defineAlertCase('alert-unknown', 99),
}
