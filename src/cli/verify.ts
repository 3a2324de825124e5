/** `whytls verify`: judge a chain from files as go would. No network, no database. */

import { describeTool } from '../contract/version.ts'
import { readBundle } from '../host/ca-store/bundle.ts'
import { describeMachine, loadClientRoots } from '../host/ca-store/clients.ts'
import type { GoDescription } from '../recorder/draft.ts'
import type { LoadedRoots } from '../recorder/judge.ts'
import { describeClientRoots } from '../report/client-roots.ts'
import { jsonText } from '../report/json-text.ts'
import { type VerifyReport, verifyText } from '../report/verify-text.ts'
import { verifyBatchLine } from '../x509/batch.ts'
import { type ByGoVersion, judgeByGoVersion, PASSES } from '../x509/by-go-version.ts'
import { readCertificateFile } from '../x509/certificate-file.ts'
import { readNames } from '../x509/names.ts'
import { findPath } from '../x509/path.ts'
import { makeRootPool } from '../x509/root-pool.ts'
import { goRules } from '../x509/rules.ts'
import { summarizeCertificate } from '../x509/summary.ts'
import { type VerifyRequest, verifyChain } from '../x509/verify.ts'
import { answerLines } from './batch-lines.ts'
import { loadCertificateFile, loadOctets, unreadable } from './certificate-input.ts'
import { chooseGo, describeNearestRules } from './choose-go.ts'
import { EXIT } from './exit-code.ts'
import { rootsOf } from './pipeline.ts'
import { rememberPools } from './pool-memory.ts'
import { Problem } from './problem.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface VerifyOptions extends StyleChoice {
  readonly chain?: string
  /** A file, or "system". */
  readonly roots: string
  readonly host?: string
  readonly at?: string
  readonly go?: string
  readonly godebug?: string
  readonly json?: boolean
  readonly batch?: boolean
}

/** 0 accepted, 1 refused, 2 input that cannot be read; a batch ends with 0. */
export async function verifyCommand(options: VerifyOptions): Promise<number> {
  if (options.batch === true) {
    const poolOf = rememberPools()
    const now = new Date()
    await answerLines((line) => verifyBatchLine(line, { poolOf, now }))
    return EXIT.fine
  }
  const { request, report } = await judgeFiles(options)
  const style = chooseStyle(process.stdout, process.env, options)
  process.stdout.write(options.json === true ? `${jsonText(makeJson(request, report), 2)}\n` : verifyText(report, style))
  return report.verdict.ok ? EXIT.fine : EXIT.problem
}

async function judgeFiles(options: VerifyOptions): Promise<{ readonly request: VerifyRequest; readonly report: VerifyReport }> {
  if (options.chain === undefined) {
    throw new Problem('usage', 'verify needs --chain FILE or --batch', 'whytls verify --chain chain.pem --host mods.example', EXIT.usage)
  }
  const now = readTime(options.at)
  checkHost(options.host)
  const { certificates } = await loadCertificateFile(options.chain, true)
  const chosen = await chooseGo(options.go)
  const go = { ...chosen, godebug: options.godebug ?? chosen.godebug }
  const { roots, notes } = await chooseRoots(options.roots, go)
  const request: VerifyRequest = {
    presented: certificates.map(({ der }) => der),
    roots: roots.pool,
    now,
    name: options.host ?? '',
    rules: goRules(go.version, go.godebug),
    ...(roots.systemRootsError === null ? {} : { systemRootsError: roots.systemRootsError }),
  }
  const nearest = describeNearestRules(go)
  const report = describe(request, go, roots)
  const others = options.roots === 'system' ? describeOtherClients(request, report) : []
  const ofPatch = describePatch(request, go, report.byGoVersion)
  return { request, report: { ...report, notes: [...(nearest === null ? [] : [nearest]), ...ofPatch, ...notes, ...others] } }
}

/** A URL or a port beside the name would only be refused as a name that no certificate has. */
function checkHost(host = ''): void {
  const name = /^(?:[a-z]+:\/\/)?([^/:[\]]+)(?::\d+)?(?:\/.*)?$/i.exec(host)?.[1]
  if (name === undefined || name === host) return
  throw new Problem('usage', `--host ${host} is more than a name`, `--host ${name}`, EXIT.usage)
}

/** The line of go's own version is that of its patch level: whether the last one of that version says otherwise. */
function describePatch(request: VerifyRequest, { version, godebug }: GoDescription, byGoVersion: ByGoVersion): readonly string[] {
  const { minor, patch } = request.rules
  if (!Number.isFinite(patch)) return []
  const name = `1.${minor}`
  const last = judgeByGoVersion(request, goRules(name, godebug), godebug)[name] ?? PASSES
  if ((byGoVersion[name] === PASSES) === (last === PASSES)) return []
  const says = last === PASSES ? 'accepts the chain' : `refuses the chain: ${last}`
  return [`go ${name} stands for ${version.replace(/^go/, '')} here; the last patch level of go ${name} ${says}`]
}

function describe(request: VerifyRequest, { version, godebug }: GoDescription, roots: LoadedRoots): Omit<VerifyReport, 'notes'> {
  return {
    host: request.name,
    at: request.now.toISOString(),
    go: { version, godebug },
    presented: request.presented.length,
    verdict: verifyChain(request),
    path: findPath(request),
    byGoVersion: judgeByGoVersion(request, request.rules, godebug),
    roots: { whose: roots.facts.whose, count: roots.facts.count },
  }
}

/** Where a chain ends at no root: which clients of this machine have one of that name. */
function describeOtherClients(request: VerifyRequest, { path }: Omit<VerifyReport, 'notes'>): readonly string[] {
  const end = path.steps.at(-1)?.certificate ?? null
  const last = path.reachesRoot || end === null ? undefined : request.presented[end]
  if (last === undefined || readNames(last) === null) return []
  const url = request.name === '' ? null : `https://${request.name}`
  return describeClientRoots(loadClientRoots(describeMachine(process.env, url)), last)
}

/** The fields of a batch line, and beside them the chain as every document has it. */
function makeJson(request: VerifyRequest, report: VerifyReport): object {
  const { verdict, path, byGoVersion, roots, host, at, go, notes } = report
  const { ok, goText } = verdict
  return {
    schema: 'whytls/1',
    tool: describeTool(process.version, process.platform, process.arch),
    ...verdict,
    name: host,
    at,
    go,
    path,
    byGoVersion,
    notes,
    certificates: {
      source: 'file',
      chain: request.presented.map((der) => summarizeCertificate(der, request.rules)),
      verified: { ok, goText, byGoVersion, roots: `${roots.count} ${roots.count === 1 ? 'root' : 'roots'} of ${roots.whose}`, at },
    },
    notChecked: ['revocation (go does not check it either)'],
  }
}

interface ChosenRoots {
  readonly roots: LoadedRoots
  readonly notes: readonly string[]
}

async function chooseRoots(chosen: string, go: GoDescription): Promise<ChosenRoots> {
  if (chosen !== 'system') return loadRootFile(chosen, go)
  const roots = rootsOf(process.env, "whytls's own environment")()
  if (roots !== null)
    return { roots, notes: roots.facts.places.flatMap(({ path, problem }) => (problem === null ? [] : `${path}: ${problem}`)) }
  throw new Problem('no-roots', `the certificate store of ${process.platform} cannot be read yet`, '--roots FILE', EXIT.usage)
}

/** As go would read the file, were it its SSL_CERT_FILE; a DER file is taken too, and said. */
async function loadRootFile(file: string, go: GoDescription): Promise<ChosenRoots> {
  const octets = await loadOctets(file)
  const bundle = readBundle(octets, goRules(go.version, go.godebug))
  const tolerant = readCertificateFile(octets)
  const certificates = bundle.certificates.length > 0 ? bundle.certificates : tolerant.certificates.map(({ der }) => der)
  if (certificates.length === 0) throw unreadable(file, tolerant.problems[0] ?? { offset: 0, message: 'no certificate in this file' })
  const facts = { whose: file, places: [], count: certificates.length, sslCertFile: '', sslCertDir: '' }
  const note = bundle.problem === null ? [] : [`as SSL_CERT_FILE of go, ${file} would not be read like this: ${bundle.problem}`]
  return { roots: { pool: makeRootPool(certificates), facts, systemRootsError: null }, notes: note }
}

function readTime(text: string | undefined): Date {
  const time = text === undefined ? new Date() : new Date(text)
  if (!Number.isNaN(time.getTime())) return time
  throw new Problem('usage', `--at ${text} is no time`, '--at 2026-11-22T15:00:00Z', EXIT.usage)
}
