/** The user name by which a client of `run` tells the proxy which run it belongs to. Pure. */

/** "run-9" for run 9. */
export function userOfRun(runId: number): string {
  return `run-${runId}`
}

/** 9 for "run-9"; null for anything else. */
export function runIdFromUser(user: string | null): number | null {
  const digits = /^run-(\d{1,15})$/.exec(user ?? '')?.[1]
  return digits === undefined ? null : Number(digits)
}
