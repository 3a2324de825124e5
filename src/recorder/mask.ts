/** Masks what must never be stored: user information and query values of URLs, and words that follow a credential's name. Pure. */

const USERINFO = /(\b[a-z][a-z0-9+.-]*:\/\/)([^\s/?#@"']*)@/gi
const QUERY_VALUE = /([?&][\w.~%-]+=)([^&\s"'#]+)/g
const CREDENTIAL = /\b((?:proxy-)?authorization|(?:set-)?cookie|x-[\w-]*token)(\s*[:=]\s*)([^\r\n]+)/gi
/** Names of environment variables whose value is a secret. */
const SECRET_NAME = /(token|secret|password|passwd|credential|apikey|api_key|netrc|goauth)/i

/** Replace credentials in free text (an argument, a line of stderr) by their length. */
export function maskText(text: string): string {
  return text
    .replace(USERINFO, (_all, scheme: string, secret: string) => `${scheme}[${secret.length} bytes]@`)
    .replace(QUERY_VALUE, (all: string, name: string, value: string) => (name === '?go-get=' ? all : `${name}[${value.length} bytes]`))
    .replace(CREDENTIAL, (_all, name: string, sign: string, value: string) => `${name}${sign}[${value.length} bytes]`)
}

/** Mask each word of a command line; `NAME=value` words with a secret name lose their value. */
export function maskArguments(argv: readonly string[]): readonly string[] {
  return argv.map((word) => {
    const sign = word.indexOf('=')
    const isSecret = sign > 0 && SECRET_NAME.test(word.slice(0, sign))
    return isSecret ? `${word.slice(0, sign)}=[${word.length - sign - 1} bytes]` : maskText(word)
  })
}

/** Mask the values of an environment that is to be kept. */
export function maskEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(env).map(([name, value]) => [
      name,
      SECRET_NAME.test(name) && value !== '' ? `[${value.length} bytes]` : maskText(value),
    ]),
  )
}
