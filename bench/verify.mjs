/**
 * `node bench/verify.mjs`: chains of three certificates per second, judged by whytls, by Node's own X509Certificate checks and by the real
 * crypto/x509, in turns, one core each. Writes bench/RESULTS-verify.md. `--quick`: few chains, one round, nothing written.
 */
import { execFileSync, spawnSync } from 'node:child_process'
import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const isQuick = process.argv.includes('--quick')
const CHAINS = isQuick ? 200 : 2000
const ROUNDS = isQuick ? 1 : 5
const LEAST_PER_SECOND = 1000
const HOST = 'modules.example'
const NOW = new Date('2026-06-15T12:00:00Z')

const here = import.meta.dirname
const folder = mkdtempSync(join(tmpdir(), 'whytls-bench-'))
const loadBefore = loadavg()[0].toFixed(1)
try {
  const { mint, kit } = await loadSources()
  const judge = buildGo()
  const results = ['ECDSA P-256', 'RSA 2048'].map((kind) => ({ kind, ...compare(mintChains(kind, mint), kit, judge) }))
  const text = describe(results)
  process.stdout.write(text)
  if (!isQuick) writeFileSync(join(here, 'RESULTS-verify.md'), text)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** The TypeScript of the verifier and of the tests' mint, bundled. */
async function loadSources() {
  const contents = `export * as mint from '../test/x509/mint.ts'
    import { verifyChain } from '../src/x509/verify.ts'
    import { makeRootPool } from '../src/x509/root-pool.ts'
    import { goRules } from '../src/x509/rules.ts'
    export const kit = { verifyChain, makeRootPool, goRules }`
  const outfile = join(folder, 'sources.mjs')
  await build({
    stdin: { contents, resolveDir: here, loader: 'ts' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile,
  })
  return import(pathToFileURL(outfile).href)
}

function buildGo() {
  const env = { ...process.env, GOTOOLCHAIN: 'local', GOWORK: 'off', GOFLAGS: '', GOPROXY: 'off' }
  const program = join(folder, 'judge')
  execFileSync('go', ['build', '-o', program, '.'], { env, cwd: join(here, '..', 'test', 'x509', 'differential') })
  return program
}

/** One root and one intermediate, a leaf of its own for each chain. */
function mintChains(kind, { mint, ca, san, dns, newKey, newRsaKey, subjectKeyId, authorityKeyId }) {
  const [rootKey, issuerKey, leafKey] = [1, 2, 3].map(() => (kind === 'RSA 2048' ? newRsaKey(2048) : newKey()))
  const root = mint({ subject: { commonName: 'Root' }, key: rootKey, extensions: [ca(), subjectKeyId(rootKey)] })
  const ids = (own, signer) => [subjectKeyId(own), authorityKeyId(signer)]
  const issuer = mint({ subject: { commonName: 'CA' }, issuer: root, key: issuerKey, extensions: [ca(0), ...ids(issuerKey, rootKey)] })
  const leaves = Array.from({ length: CHAINS }, (_, i) => {
    const serial = Buffer.from([0x40, i >> 8, i & 0xff])
    const extensions = [san(dns(HOST), dns(`host-${i}.example`)), ...ids(leafKey, issuerKey)]
    return mint({ subject: { commonName: HOST }, issuer, key: leafKey, serial, extensions }).der
  })
  return { root: root.der, issuer: issuer.der, leaves }
}

/** Best rates of each side, in chains per second. */
function compare(chains, kit, judge) {
  const input = chains.leaves.map((leaf, i) => JSON.stringify(toLine(chains, leaf, i))).join('\n')
  const sides = { whytls: () => judgeHere(chains, kit), node: () => judgeWithNode(chains), go: () => judgeWithGo(judge, input) }
  const best = { whytls: 0, node: 0, go: 0 }
  for (const round of Array.from({ length: ROUNDS + 1 }, (_, i) => i)) {
    for (const [name, run] of Object.entries(sides)) {
      const rate = run()
      // The first round warms up.
      if (round > 0 || isQuick) best[name] = Math.max(best[name], rate)
    }
  }
  return best
}

function toLine({ root, issuer }, leaf, i) {
  const text = (der) => der.toString('base64')
  return { id: String(i), name: HOST, time: NOW.toISOString(), leaf: text(leaf), intermediates: [text(issuer)], roots: [text(root)] }
}

function judgeHere({ root, issuer, leaves }, { verifyChain, makeRootPool, goRules }) {
  const [roots, rules] = [makeRootPool([root]), goRules('1.26')]
  return measure(leaves, (leaf) => verifyChain({ presented: [leaf, issuer], roots, now: NOW, name: HOST, rules }).ok)
}

/** What Node offers: signatures, issuer names, host name, dates. No constraints, no usages, no search for a path. */
function judgeWithNode({ root, issuer, leaves }) {
  const trusted = new X509Certificate(root)
  const holds = (certificate) => Date.parse(certificate.validFrom) <= NOW.getTime() && NOW.getTime() <= Date.parse(certificate.validTo)
  return measure(leaves, (der) => {
    const [leaf, parent] = [new X509Certificate(der), new X509Certificate(issuer)]
    const links =
      leaf.checkIssued(parent) && leaf.verify(parent.publicKey) && parent.checkIssued(trusted) && parent.verify(trusted.publicKey)
    return links && parent.ca && leaf.checkHost(HOST) !== undefined && holds(leaf) && holds(parent)
  })
}

function measure(leaves, accepts) {
  const startedMs = performance.now()
  const accepted = leaves.filter(accepts).length
  const seconds = (performance.now() - startedMs) / 1000
  if (accepted !== leaves.length) throw new Error(`${accepted} of ${leaves.length} chains were accepted`)
  return leaves.length / seconds
}

function judgeWithGo(program, input) {
  const { stdout, status } = spawnSync(program, ['-bench'], { input, encoding: 'utf8', env: { ...process.env, GOMAXPROCS: '1' } })
  const [nanoseconds, accepted] = stdout.split(' ').map(Number)
  if (status !== 0 || accepted !== CHAINS) throw new Error(`the go program accepted ${accepted} of ${CHAINS} chains`)
  return CHAINS / (nanoseconds / 1e9)
}

function describe(results) {
  const rate = (n) => Math.round(n).toLocaleString('en')
  const rows = results.map(
    ({ kind, whytls, node, go }) =>
      `| ${kind} | ${rate(whytls)} | ${rate(node)} | ${rate(go)} | ${(whytls / node).toFixed(2)} | ${(whytls / go).toFixed(2)} |`,
  )
  const isKept = results.every(({ whytls }) => whytls >= LEAST_PER_SECOND)
  return `# How fast chains are judged

${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${goVersion()}, ${cpus().length} cores (${cpus()[0]?.model ?? '?'}), load average ${loadBefore} at the start.
Made by \`node bench/verify.mjs\`. ${CHAINS} chains of three certificates (leaf, intermediate, root of the pool), each with a leaf of its own; best of ${ROUNDS} rounds in turns, one thread.
whytls and Go parse leaf and intermediate and do all of crypto/x509's checks; Node's X509Certificate has signatures, issuer names, host name and dates only.

Chains per second:

| keys | whytls | Node | Go | whytls : Node | whytls : Go |
|---|---|---|---|---|---|
${rows.join('\n')}

Limit: at least ${rate(LEAST_PER_SECOND)} chains a second on one core: ${isKept ? 'kept' : 'NOT KEPT'}
`
}

function goVersion() {
  return execFileSync('go', ['env', 'GOVERSION'], { encoding: 'utf8', env: { ...process.env, GOTOOLCHAIN: 'local' } }).trim()
}
