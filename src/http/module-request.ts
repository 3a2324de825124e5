/** What the go command asks for, told from method and path alone (the GOPROXY protocol, checksum databases, git). Pure. */
import type { ModuleRequest } from '../contract/handshake.ts'

/** Recognise a request of go; null for all others. @param target path and query, as sent */
export function recognizeModuleRequest(target: string): ModuleRequest | null {
  const [path = '', query = ''] = target.split('?', 2)
  return ofSumdb(path) ?? ofModule(path) ?? ofGit(path, query)
}

function ofModule(path: string): ModuleRequest | null {
  const versioned = /^\/(.+)\/@v\/([^/]+)\.(info|mod|zip)$/.exec(path)
  const [, modulePath, version, kind] = versioned ?? []
  if (modulePath !== undefined && version !== undefined && (kind === 'info' || kind === 'mod' || kind === 'zip')) {
    return { kind, module: readModulePath(modulePath), version: unescapeCapitals(version) }
  }
  const listed = /^\/(.+)\/(@v\/list|@latest)$/.exec(path)
  if (listed?.[1] === undefined) return null
  return { kind: listed[2] === '@latest' ? 'latest' : 'list', module: readModulePath(listed[1]), version: null }
}

/** Below `/sumdb/NAME/` of a module proxy, or at the database itself. */
function ofSumdb(path: string): ModuleRequest | null {
  const [, request] = /(?:^|\/sumdb\/[^/]+)\/(supported|latest|lookup\/.+|tile\/[\w/.]+)$/.exec(path) ?? []
  if (request === undefined) return null
  if (request === 'supported') return path.includes('/sumdb/') ? { kind: 'sumdb-supported', module: null, version: null } : null
  if (request === 'latest') return { kind: 'sumdb-latest', module: null, version: null }
  if (request.startsWith('tile/')) return { kind: 'sumdb-tile', module: null, version: null }
  const [, module, version] = /^lookup\/(.+)@([^@/]+)$/.exec(request) ?? []
  if (module === undefined || version === undefined) return null
  return { kind: 'sumdb-lookup', module: unescapeCapitals(module), version: unescapeCapitals(version) }
}

function ofGit(path: string, query: string): ModuleRequest | null {
  if (/(?:^|&)go-get=1(?:&|$)/.test(query)) return { kind: 'go-get', module: path.slice(1) || null, version: null }
  const isGit = path.endsWith('/git-upload-pack') || (path.endsWith('/info/refs') && /(?:^|&)service=git-upload-pack(?:&|$)/.test(query))
  return isGit ? { kind: 'git', module: null, version: null } : null
}

/** A module path begins with a host name; what stands before it is the path at which the proxy itself lies. */
function readModulePath(path: string): string {
  const segments = path.split('/')
  const first = segments.findIndex((segment) => segment.includes('.'))
  return unescapeCapitals((first > 0 ? segments.slice(first) : segments).join('/'))
}

/** `!a` stands for `A` (module.EscapePath). */
function unescapeCapitals(text: string): string {
  return text.replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())
}
