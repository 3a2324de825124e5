import { isIP } from 'node:net'
import { join } from 'node:path'

/** Addresses of a name in a hosts file, in file order; names match without regard to case and to a trailing dot, as Go has it. */
export function findInHostsFile(text: string, name: string): readonly string[] {
  const wanted = normalise(name)
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line
      .replace(/#.*$/s, '')
      .split(/[ \t\r]+/)
      .filter((word) => word !== '')
    return isIP(address.replace(/%.*$/s, '')) > 0 && names.some((each) => normalise(each) === wanted) ? [address] : []
  })
}

/** Where this system keeps its hosts file. */
export function locateHostsFile(platform: string, systemRoot: string | undefined): string {
  return platform === 'win32' ? join(systemRoot ?? 'C:\\Windows', 'System32', 'drivers', 'etc', 'hosts') : '/etc/hosts'
}

function normalise(name: string): string {
  return name.toLowerCase().replace(/\.$/, '')
}
