/** `whytls cert`: show certificates of a file or a server, broken ones too. */

import { existsSync } from 'node:fs'
import { describeTool } from '../contract/version.ts'
import { type ClientRoots, describeMachine, loadClientRoots } from '../host/ca-store/clients.ts'
import type { GoDescription } from '../recorder/draft.ts'
import { type CertReport, certText } from '../report/cert-text.ts'
import { describeClientRoots } from '../report/client-roots.ts'
import { jsonText } from '../report/json-text.ts'
import { certBatchLine } from '../x509/batch.ts'
import type { CertificateFile } from '../x509/certificate-file.ts'
import { inspectCertificate } from '../x509/inspect.ts'
import { readNames } from '../x509/names.ts'
import { goRules } from '../x509/rules.ts'
import { answerLines } from './batch-lines.ts'
import { loadCertificateFile, unreadable } from './certificate-input.ts'
import { chooseGo } from './choose-go.ts'
import { EXIT } from './exit-code.ts'
import { Problem, printProblem } from './problem.ts'
import { fetchServerChain, type ServerChain } from './server-chain.ts'
import { chooseStyle, type StyleChoice } from './style.ts'

export interface CertOptions extends StyleChoice {
  readonly json?: boolean
  readonly go?: string
  readonly batch?: boolean
  readonly resolve: readonly string[]
}

/** 0 shown, also what go refuses; 2 where something could not be read. */
export async function certCommand(source: string | undefined, options: CertOptions): Promise<number> {
  if (options.batch === true) {
    await answerLines(certBatchLine)
    return EXIT.fine
  }
  if (source === undefined) throw new Problem('usage', 'cert needs FILE, HOST:PORT or --batch', 'whytls cert chain.pem', EXIT.usage)
  const go = await chooseGo(options.go)
  const found = await loadSource(source, options)
  const url = found.stapled === undefined ? null : `https://${source}`
  const report = describe(source, found, go, loadClientRoots(describeMachine(process.env, url)))
  const style = chooseStyle(process.stdout, process.env, options)
  process.stdout.write(options.json === true ? `${jsonText(makeJson(report, found), 2)}\n` : certText(report, style))
  const problems = found.problems.map((problem) => unreadable(source, problem))
  for (const problem of problems) printProblem(problem)
  return problems.length === 0 ? EXIT.fine : EXIT.usage
}

/** What came beside the chain of a server. */
type Stapled = Pick<ServerChain, 'ocspStapled' | 'ocsp' | 'signedTimestamps'>

interface Source extends Pick<CertificateFile, 'certificates' | 'problems'> {
  /** Absent for a file. */
  readonly stapled?: Stapled
}

/** A file where there is one of that name, else a server. */
async function loadSource(source: string, { resolve }: CertOptions): Promise<Source> {
  const isServer = /^[^/\\]+:\d{1,5}$/.test(source) && !existsSync(source)
  if (!isServer) return loadCertificateFile(source, false)
  const { chain, ...stapled } = await fetchServerChain(source, resolve)
  return { certificates: chain.map((der) => ({ der, offset: 0 })), problems: [], stapled }
}

function describe(source: string, { certificates, stapled }: Source, go: GoDescription, clients: readonly ClientRoots[]): CertReport {
  const rules = goRules(go.version, go.godebug)
  const last = certificates.at(-1)
  return {
    source,
    go: go.version,
    now: new Date(),
    certificates: certificates.map(({ der }) => inspectCertificate(der, rules, go.godebug)),
    stores: last === undefined || readNames(last.der) === null ? [] : describeClientRoots(clients, last.der),
    ...(stapled === undefined ? {} : { stapled }),
  }
}

function makeJson({ source, go, certificates, stapled, stores }: CertReport, found: Source): object {
  return {
    schema: 'whytls/1',
    tool: describeTool(process.version, process.platform, process.arch),
    source,
    go,
    certificates: certificates.map((each, i) => ({ fileOffset: found.certificates[i]?.offset ?? 0, ...each })),
    problems: found.problems,
    ...stapled,
    stores,
    notChecked: ['revocation (go does not check it either)'],
  }
}
