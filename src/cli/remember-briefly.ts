/**
 * Remember what was looked up, under its name, for some seconds: many connections to one host fail at once, but who mends a setting and tries again is to
 * be judged by the new one.
 * @param atMs a clock that only goes forward
 */
export function rememberBriefly<Value>(atMs: () => number = () => performance.now()): (name: string, look: () => Value) => Value {
  const known = new Map<string, { readonly value: Value; readonly atMs: number }>()
  return (name, look) => {
    const found = known.get(name)
    if (found !== undefined && atMs() - found.atMs < FRESH_MS) return found.value
    if (known.size >= MOST_NAMES) known.clear()
    const value = look()
    known.set(name, { value, atMs: atMs() })
    return value
  }
}

const FRESH_MS = 5_000
const MOST_NAMES = 64
