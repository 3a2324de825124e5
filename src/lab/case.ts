/** What a lab case is: a broken (or sound) small world on loopback that serves one Go module by the GOPROXY protocol. */
import type { Confidence, Leg, Stage } from '../contract/terms.ts'

/** A case as data plus one function that brings its servers up. Nothing here knows the product's answer but `expect`, which tests and `lab drill` read. */
export interface LabCase {
  readonly id: string
  /** One sentence for `lab list`. */
  readonly summary: string
  readonly up: (world: LabWorld) => Promise<LabOrigin>
  /** It runs only inside the e2e network namespace (own resolver, own routes); absent = anywhere. */
  readonly needsNamespace?: true
  /** The first released go ("1.24") that refuses it; older ones download without a word. */
  readonly refusedSince?: string
  /** Roughly how long go takes to give up, where that is over a second; Infinity = it never does. */
  readonly takesMs?: number
  readonly expect: LabExpectation
}

export interface LabWorld {
  /** Certificates are minted relative to this time. */
  readonly now: Date
  /** Fresh folder for files of this case. */
  readonly folder: string
  /** Port to ask for on 127.0.0.1; 0 = any free one. */
  readonly port: number
  /** First label of the host name; absent = the case's id. A drill must not tell the cause by the name. */
  readonly label?: string
}

export interface LabOrigin {
  /** Value for GOPROXY: `https://HOST:PORT` (no port when 443). */
  readonly goproxy: string
  readonly host: string
  readonly port: number
  /** `HOST:PORT:ADDRESS` lines for `--resolve`. */
  readonly resolve: readonly string[]
  /** Environment for go (SSL_CERT_FILE, SSL_CERT_DIR, HTTPS_PROXY of a lab parent proxy …); always with the lab's roots. */
  readonly env: Readonly<Record<string, string>>
  /** module@version that `go mod download` asks for. */
  readonly module: string
  /** SHA-256 (lower-case hex) of the chain as served, in order; [] where none is. */
  readonly served: readonly string[]
  /** Folder in which go must be started; absent = any. */
  readonly cwd?: string
  readonly close: () => Promise<void>
}

export interface LabExpectation {
  /** 'ok' when nothing fails. */
  readonly cause: string
  readonly leg: Leg | null
  readonly stage: Stage | null
  readonly confidence?: Confidence
  /** Known only from HTTP inside TLS: not told without go's words. */
  readonly needsWitness?: boolean
}
