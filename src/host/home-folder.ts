import { homedir } from 'node:os'

/** The home folder of this user; "/" for one that a container made up, who has none (Node throws there). */
export function findHomeFolder(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}
