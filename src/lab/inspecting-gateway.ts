/** A TLS-inspecting gateway of the lab: for whatever name is asked it makes a certificate of its own at once, and answers as the host would. */
import { createHash } from 'node:crypto'
import { createSecureContext, type SecureContext } from 'node:tls'
import { toPem } from './chain.ts'
import type { Listening } from './listener.ts'
import { type MintKey, mintCertificate, mintKey } from './mint.ts'
import { startTlsOrigin } from './tls-origin.ts'

export interface GatewayOptions {
  readonly now: Date
  /** The host that a case is about: its chain is made at the start. */
  readonly host: string
  /** Distinguished names. */
  readonly rootName: string
  readonly signerName: string
  /** Start of each leaf, as "-5m". */
  readonly since: string
}

export interface Gateway extends Listening {
  readonly rootPem: string
  /** SHA-256 of what it sends for its host. */
  readonly served: readonly string[]
}

/** Bring a gateway up. */
export async function startInspectingGateway(options: GatewayOptions, port: number): Promise<Gateway> {
  const signer = makeSigner(options)
  const made = new Map<string, SecureContext>()
  const own = signer.chainFor(options.host)
  const server = await startTlsOrigin(
    {
      sent: own,
      key: signer.leafKey,
      chooseContext(name, answer) {
        const context = made.get(name) ?? signer.contextFor(name)
        made.set(name, context)
        answer(null, name === options.host ? undefined : context)
      },
    },
    port,
  )
  return { ...server, rootPem: toPem(signer.root), served: own.map((der) => createHash('sha256').update(der).digest('hex')) }
}

/** One key for all leaves, as such boxes have. */
function makeSigner({ now, rootName, signerName, since }: GatewayOptions) {
  const [rootKey, signerKey, leafKey] = [mintKey('P-256'), mintKey('P-256'), mintKey('P-256')]
  if (leafKey.privateKey === null) throw new Error('a key of the lab has no private part')
  const authority = { ca: true, keyUsage: ['keyCertSign', 'cRLSign'] } as const
  const mint = (recipe: Parameters<typeof mintCertificate>[0], key: MintKey, issuerName: string, issuerKey: MintKey) =>
    mintCertificate(recipe, now, key, { name: issuerName, key: issuerKey }, issuerKey)
  const root = mint({ subject: rootName, issuer: 'root', validity: ['-900d', '+2000d'], ...authority }, rootKey, rootName, rootKey)
  const between = mint({ subject: signerName, issuer: 'root', validity: ['-200d', '+500d'], ...authority }, signerKey, rootName, rootKey)
  const chainFor = (host: string) => [
    mint(
      {
        subject: `CN=${host}`,
        issuer: 'signer',
        validity: [since, '+7d'],
        ca: false,
        keyUsage: ['digitalSignature'],
        extKeyUsage: ['serverAuth'],
        dnsNames: [host],
      },
      leafKey,
      signerName,
      signerKey,
    ),
    between,
  ]
  const pem = leafKey.privateKey.export({ type: 'pkcs8', format: 'pem' })
  const contextFor = (host: string) => createSecureContext({ cert: chainFor(host).map(toPem).join(''), key: pem })
  return { root, leafKey: leafKey.privateKey, chainFor, contextFor }
}
