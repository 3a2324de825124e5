/** Choices that this browser keeps from visit to visit; where it refuses (a report in a sandboxed frame), none is kept. */

/** What was kept under a name, null where nothing was. */
export function recall(name: string): string | null {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

/** Keep a choice. */
export function keep(name: string, text: string): void {
  try {
    localStorage.setItem(name, text)
  } catch {
    // It holds until the page is closed.
  }
}
