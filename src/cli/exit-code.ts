/** Exit codes of every command (contract, section "Commands"); `run` ends with its child's own. */
export const EXIT = {
  fine: 0,
  problem: 1,
  usage: 2,
  couldNotTell: 3,
  ownFailure: 125,
} as const
