/** Who may import whom, and what may stand where. Each rule is an absence that a reader may rely on. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = resolve(import.meta.dirname, '..')

/** A room may import values from rooms of a lower level only, unless it is named here. Types may also come from rooms beside it. */
const LEVEL: Readonly<Record<string, number>> = {
  contract: 0,
  tls: 0,
  x509: 0,
  handshake: 1,
  filter: 1,
  http: 1,
  capture: 1,
  diagnosis: 2,
  report: 3,
  host: 3,
  proxy: 3,
  store: 3,
  lab: 3,
  recorder: 4,
  feed: 4,
  cli: 5,
}

/** Rooms that do no I/O, read no clock and draw no random numbers. */
const PURE = ['contract', 'tls', 'x509', 'handshake', 'filter', 'http', 'capture', 'diagnosis', 'report', 'recorder']

/** A package is imported by these places only. */
const DOORS: Readonly<Record<string, readonly string[]>> = {
  'better-sqlite3': ['src/store/'],
  ws: ['src/feed/'],
  'node-forge': ['src/lab/', 'src/proxy/authority'],
  'http-mitm-proxy': ['src/proxy/intercept'],
  commander: ['src/cli/'],
  open: ['src/cli/'],
}

interface Import {
  readonly file: string
  readonly from: string
  readonly isType: boolean
}

const files = ['src', 'web'].flatMap((folder) => listFiles(join(ROOT, folder)))
const imports = files.flatMap(readImports)

describe('rooms', () => {
  it('import values only from lower levels', () => {
    const wrong = imports.filter(({ file, from, isType }) => {
      const [own, other] = [roomOf(file), roomOf(from)]
      if (isType || own === undefined || other === undefined || own === other) return false
      return (LEVEL[other] ?? 9) >= (LEVEL[own] ?? -1)
    })
    expect(wrong.map(show)).toEqual([])
  })

  it('import types from no higher level than their neighbours', () => {
    const wrong = imports.filter(({ file, from, isType }) => {
      const [own, other] = [roomOf(file), roomOf(from)]
      if (!isType || own === undefined || other === undefined || own === other) return false
      return (LEVEL[other] ?? 9) > Math.max(LEVEL[own] ?? -1, 0)
    })
    expect(wrong.map(show)).toEqual([])
  })

  it('are all known', () => {
    expect(readdirSync(join(ROOT, 'src')).filter((room) => !(room in LEVEL))).toEqual([])
  })

  it('have no import cycle of values', () => {
    expect(findCycle()).toEqual([])
  })
})

describe('pure rooms', () => {
  const sources = files.filter((file) => PURE.includes(roomOf(file) ?? ''))

  it('import nothing of node but crypto', () => {
    const wrong = imports.filter(
      ({ file, from }) =>
        PURE.includes(roomOf(file) ?? '') && from.startsWith('node:') && !['node:crypto', 'node:net', 'node:url'].includes(from),
    )
    expect(wrong.map(show)).toEqual([])
  })

  it('read no clock, no random numbers, no process', () => {
    const forbidden = /\bDate\.now\(|new Date\(\)|performance\.now\(|Math\.random\(|randomBytes\(|\bprocess\.(env|cwd|argv|stdout|stderr)\b/
    expect(sources.filter((file) => forbidden.test(code(file))).map(short)).toEqual([])
  })
})

describe('packages', () => {
  it.each(Object.entries(DOORS))('%s comes in by one door', (name, doors) => {
    const wrong = imports.filter(
      ({ file, from }) => (from === name || from.startsWith(`${name}/`)) && !doors.some((door) => short(file).startsWith(door)),
    )
    expect(wrong.map(show)).toEqual([])
  })
})

describe('causes', () => {
  it('of TLS never read what go said', () => {
    const mayRead = /^(http|redirect|body|invalid-module|checksum)/
    const folder = join(ROOT, 'src/diagnosis/causes')
    const wrong = readdirSync(folder).filter(
      (name) => name !== 'index.ts' && !mayRead.test(name) && /\bwitness\b/.test(code(join(folder, name))),
    )
    expect(wrong).toEqual([])
  })
})

describe('the code', () => {
  it('has no any, no silenced type error, no folder for leftovers', () => {
    const bad = files.filter((file) => /(:|<|\bas)\s*any\b|@ts-(ignore|expect-error|nocheck)|biome-ignore/.test(code(file)))
    const leftovers = files.filter((file) => /\/(utils?|helpers?|common|core|lib|misc)(\/|\.ts)/.test(short(file)))
    expect([...bad, ...leftovers].map(short)).toEqual([])
  })

  it('names no registry host and no path of one machine', () => {
    const tracked = [...files, ...listFiles(join(ROOT, 'test')), ...listFiles(join(ROOT, 'docs'), /\.md$/), join(ROOT, 'README.md')].filter(
      (file) => existsSync(file),
    )
    const host = new RegExp(['proxy', 'sum'].map((word) => `${word}\\.golang\\.org`).join('|'))
    expect(tracked.filter((file) => host.test(readFileSync(file, 'utf8'))).map(short)).toEqual([])
  })
})

function listFiles(folder: string, pattern = /\.tsx?$/): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => pattern.test(name))
    .map((name) => join(folder, name))
}

function readImports(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const found = [
    ...text.matchAll(/^(import|export)\s+(type\s+)?([^'"]*?)from\s+'([^']+)'/gms),
    ...text.matchAll(/()()()\bimport\('([^']+)'\)/g),
  ]
  return found.map((match) => {
    const names = match[3] ?? ''
    const isType = match[2] !== undefined && match[2] !== '' ? true : /^\{[^}]*\}\s*$/.test(names) && onlyTypes(names)
    const target = match[4] ?? ''
    return { file, from: target.startsWith('.') ? resolve(dirname(file), target) : target, isType }
  })
}

function onlyTypes(names: string): boolean {
  const parts = names
    .replace(/[{}]/g, '')
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  return parts.length > 0 && parts.every((part) => part.startsWith('type '))
}

function roomOf(path: string): string | undefined {
  return /\/src\/([^/]+)\//.exec(path)?.[1]
}

function findCycle(): string[] {
  const graph = new Map<string, string[]>()
  for (const { file, from, isType } of imports) if (!isType && from.startsWith('/')) graph.set(file, [...(graph.get(file) ?? []), from])
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file].map(short)
    if (done.has(file)) return []
    done.add(file)
    for (const next of graph.get(file) ?? []) {
      const cycle = visit(next, [...path, file])
      if (cycle.length > 0) return cycle
    }
    return []
  }
  for (const file of graph.keys()) {
    const cycle = visit(file, [])
    if (cycle.length > 0) return cycle
  }
  return []
}

/** Source without comments. */
function code(file: string): string {
  return readFileSync(file, 'utf8')
    .replace(/\/\*[\s\S]*?\*\//g, '')
    .replace(/^\s*\/\/.*$/gm, '')
}

function short(file: string): string {
  return relative(ROOT, file)
}

function show({ file, from }: Import): string {
  return `${short(file)} -> ${from.startsWith('/') ? short(from) : from}`
}
