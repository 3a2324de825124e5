/**
 * What may be known of one connection when it is judged. `proxy`, `host`, `store` and `cli` supply it; causes read it and nothing else.
 * Pure data; whatever was not learned is null, never guessed.
 */

import type { HttpExchange, Interception, ProxyConnectReply, RouteHop } from '../contract/handshake.ts'
import type { Leg, Named, Outcome } from '../contract/terms.ts'
import type { Flight } from '../handshake/flight.ts'
import type { ServerProof } from '../handshake/server-proof.ts'
import type { Transcript } from '../handshake/transcript.ts'
import type { ChainVerdict } from '../x509/verdict.ts'

export interface Observation {
  readonly target: { readonly host: string; readonly port: number; readonly address: string | null }
  readonly route: readonly RouteHop[]
  /** null: every name was resolved and every TCP connection made. */
  readonly dialFailure: DialFailure | null
  /** How the parent proxy answered CONNECT; null when direct or not yet asked. */
  readonly connect: ConnectOutcome | null
  readonly transcript: Transcript
  readonly ending: Ending | null
  readonly outcome: Outcome
  readonly probe: ProbeResult | null
  /** Chain and verdict at `now`, with the roots of the client. The chain is the wire's (TLS 1.2) or the probe's. */
  readonly judged: JudgedChain | null
  readonly roots: RootsFacts | null
  readonly go: GoFacts
  /** go's own words about this connection. Only causes after TLS may read them to decide. */
  readonly witness: Witness | null
  /** The wall clock when the connection was made. */
  readonly now: Date
  /** What edited copies of go's own ClientHello met, by the same route; absent where none was sent. */
  readonly trials?: readonly HelloTrial[]
  /** Whether this machine's clock is right; absent where it was not asked. */
  readonly clock?: ClockFacts
  /** The TLS session with an https parent proxy; absent without one. */
  readonly parentTls?: ParentTls
  /** Who else's chains were issued by the authority that issued this one; absent where nobody looked. */
  readonly resigning?: ResigningSigns
  /** How the parent proxy was configured, where that matters; absent where no variable names one. */
  readonly proxySetting?: ProxySetting
  /** The server's proofs, checked again; absent where nobody looked. */
  readonly proof?: ServerProof
  /** What intercept mode did; absent in observe mode. */
  readonly interception?: Interception
  /** The session between the client and whytls, where both legs ended here; null where none stood, absent in observe mode. */
  readonly clientLeg?: Transcript | null
  /** Other hosts that the same run went to after this one; absent where go said nothing of this connection. */
  readonly wentTo?: readonly string[]
  /** The client asked the same again and again, and each session ended without an answer; absent where that was not seen. */
  readonly cameBack?: { readonly times: number; readonly overMs: number }
  /** HTTP seen inside TLS (intercept mode); absent where it was not decrypted. */
  readonly exchanges?: readonly HttpExchange[]
  /** What other connections of the same run carried meanwhile and later; absent in observe mode, and where go's words about any of them are known. */
  readonly elsewhere?: Elsewhere
  /** The client's address is not of this machine's loopback: its clock, roots and settings may be another machine's. Absent = no. */
  readonly isClientRemote?: true
  /** Hosts of other domains that got the very same answer in clear, at other addresses or by the same parent proxy; absent where nobody compared. */
  readonly sameAnswerFor?: readonly string[]
  /** The line of this machine's hosts file that gave the address; absent where the resolver did, or nobody looked. */
  readonly hostsEntry?: SettingPlace
  /** git's own settings for this address that bear on TLS, where the connection is git's; absent where it is not, or git has none. */
  readonly gitSettings?: readonly GitSettingFact[]
}

/** A setting of git in force for one address. */
export interface GitSettingFact {
  /** As git prints it: `http.sslcainfo`, `http.https://mods.example/.sslverify`. */
  readonly key: string
  /** User information masked. */
  readonly value: string
  /** "~/.gitconfig:12"; null where it comes from no file. */
  readonly place: string | null
  /** The whole path of that file; null where there is none. */
  readonly file: string | null
}

export interface Elsewhere {
  readonly exchanges: readonly HttpExchange[]
  /** A later connection to another host was not decrypted. */
  readonly hasUnseen: boolean
}

/** One change of go's own ClientHello, and how each try with it fared. */
export interface HelloTrial {
  /** For people and JSON: "unchanged", "no ML-KEM", "TLS 1.2 only", "no server name" … */
  readonly change: string
  /** Octets on the wire, record headers included. */
  readonly wireBytes: number
  readonly tries: readonly HelloTry[]
}

export interface HelloTry {
  /** `server-hello` is the one that passed. */
  readonly met: 'server-hello' | 'alert' | 'fin' | 'rst' | 'silence' | 'not-tls' | 'dial-failure'
  /** Name of the alert in RFC 8446, null where there was none. */
  readonly alert: string | null
  /** From the ClientHello to what was met. */
  readonly afterMs: number
  /** What the ServerHello or HelloRetryRequest names; the group is null where it names none. Absent where none came. */
  readonly chose?: { readonly cipherSuite: Named; readonly group: Named | null }
  /** True where go itself made this try; absent for ours. */
  readonly byGo?: true
}

/** The machine's clock beside others. Offsets: this machine's clock minus the other's, in ms. */
export interface ClockFacts {
  /** What the system's time service says of itself; null where none could be asked. */
  readonly ntp: { readonly synchronized: boolean; readonly source: string } | null
  /** Times that others told. */
  readonly others: readonly OtherClock[]
  /** The chain judged by our verifier at the time that the others agree on (`findTrueTime`); absent where there is no such time. */
  readonly atTrueTime?: { readonly at: Date; readonly verdict: ChainVerdict }
}

export interface OtherClock {
  /** host[:port] that told its time. */
  readonly host: string
  readonly offsetMs: number
  /** The failing host itself: whoever holds an expired key can also send an old Date. */
  readonly isFailingHost: boolean
  /** Its own chain is valid at the time that it told; null where it has none (plain HTTP, parent proxy). */
  readonly chainHolds: boolean | null
}

export interface ParentTls {
  readonly transcript: Transcript
  /** Chain and verdict with the roots of the client, for the proxy's name; null where no chain came or no roots are known. */
  readonly judged: JudgedChain | null
  /** How the handshake ended; null when it passed. */
  readonly ending: Ending | null
  /** What go alone would print of its failure, from "tls:" or the like on; null when it passed or where go's words are not known. */
  readonly goText: string | null
  /** A second look without TLS got an answer in plain HTTP; null where nobody looked. */
  readonly answersPlainHttp: boolean | null
}

export interface ResigningSigns {
  /** Hosts unrelated to the failing one whose chains end at the same authority, by the same route. */
  readonly alsoIssuedFor: readonly string[]
  /** Issuer of the same host in earlier connections, where it was another; null where none is known. */
  readonly earlierIssuer: string | null
  /** One of those hosts' leaves has the failing host's key, although the certificate is another. */
  readonly sharesLeafKey?: boolean
  /** Asked at the failing host for a name that nobody can have, somebody made a certificate for it at once. */
  readonly issuesForAnyName?: boolean
  /** Unrelated hosts that presented the very same leaf, by the same route. */
  readonly sameLeafFor?: readonly string[]
  /** The authority is on the list of public roots. */
  readonly isPublicAuthority?: boolean
  /** Other hosts that go's settings name, to compare with. */
  readonly comparable?: readonly string[]
}

export interface ProxySetting {
  /** The variable that go reads ("HTTPS_PROXY", "https_proxy"), one that it does not ("ALL_PROXY"), or the one that sends it past its proxy ("NO_PROXY"). */
  readonly variable: string
  /** Its value, user information masked. */
  readonly value: string
  /** What go makes of it. */
  readonly reads: 'used' | 'ignored-unparsable' | 'taken-for-a-name' | 'unknown-scheme' | 'not-read-by-go' | 'http-only' | 'bypassed'
  /** Of a variable that go does not read for https: as HTTPS_PROXY it would be a proxy that go can speak to. Absent = no. */
  readonly wouldDo?: boolean
  /** Files of this machine that set it to this value; absent where none is known. */
  readonly setAt?: readonly SettingPlace[]
  /** Whose environment, in words; absent where it is the command's own. */
  readonly whose?: string
}

/** A line of a shell profile or an environment file; the home folder is written as ~. */
export interface SettingPlace {
  readonly path: string
  /** From 1. */
  readonly line: number
}

export interface DialFailure {
  readonly leg: Extract<Leg, 'parent' | 'upstream'>
  readonly stage: 'dns' | 'tcp'
  readonly kind: 'nxdomain' | 'servfail' | 'no-address' | 'dns-timeout' | 'refused' | 'tcp-timeout' | 'unreachable' | 'invalid-port'
  readonly host: string
  readonly port: number
  /** ip:port of each try, in order; the first one's error is reported, as Go does. */
  readonly tried: readonly string[]
  /** The resolver that answered or did not ("127.0.0.53:53"), null for tcp. */
  readonly resolver: string | null
  /** Go's text from "dial tcp" on. */
  readonly goText: string
  readonly afterMs: number
}

export type ConnectOutcome =
  | { readonly kind: 'answered'; readonly reply: ProxyConnectReply; readonly afterMs: number }
  | {
      readonly kind: 'closed' | 'reset' | 'silent'
      readonly afterMs: number
      readonly receivedBytes: number
      /** go's own words where they are known (SOCKS); absent for CONNECT. */
      readonly goText?: string
    }
  | { readonly kind: 'not-http'; readonly afterMs: number; readonly head: string; readonly goText?: string }
  | SocksOutcome

/** A SOCKS 5 proxy (RFC 1928, 1929) answered: code 0 at `request` opens the tunnel. */
export interface SocksOutcome {
  readonly kind: 'socks'
  readonly afterMs: number
  /** The last step that it answered. */
  readonly step: 'method' | 'login' | 'request'
  /** The method that it chose (0xff: none), the status of the login, or the reply code. */
  readonly code: number
  /** Whether HTTPS_PROXY has a user part. */
  readonly hasLogin: boolean
  /** "" when the tunnel stands. */
  readonly goText: string
}

/** How the tunnel ended. */
export interface Ending {
  readonly by: 'client' | 'server' | 'us'
  readonly how: 'fin' | 'rst' | 'timeout'
  readonly atMs: number
  /** Milliseconds from the ClientHello to the end. */
  readonly afterHelloMs: number | null
}

export interface ProbeResult {
  readonly startedAt: Date
  readonly durationMs: number
  readonly transcript: Transcript
  /** null: the TCP and CONNECT part failed, or was never needed. */
  readonly dialFailure: DialFailure | null
  readonly ending: Ending | null
  /** The DER chain in wire order, null when none came. */
  readonly chain: readonly Uint8Array[] | null
  /** Compared with go's own record lengths (see handshake/same-flight). */
  readonly sameAsGoSaw: boolean
  /** The probe's own octets and handshake secrets; absent where no TCP connection stood. No cause reads it. */
  readonly flight?: Flight
}

export interface JudgedChain {
  readonly source: 'wire' | 'decrypted' | 'probe'
  readonly chain: readonly Uint8Array[]
  readonly verdict: ChainVerdict
  /** The certificates of `verdict.completedBy` as DER, leaf side first; absent where there are none. */
  readonly missing?: readonly Uint8Array[]
  /**
   * The certificate of the issuer that did not come was found (seen before, on this machine, where AIA says), and it leads to no root of the client
   * either. Absent = not found.
   */
  readonly isIssuerFound?: true
  /** By go version ("1.21" …): "passes", or the text with which it refuses. Absent where only one version was asked. */
  readonly byGoVersion?: Readonly<Record<string, string>>
  /** Other clients of the machine ("git (/path)") whose roots have the name at which the chain ends; their text is not escaped. */
  readonly trustedBy?: readonly string[]
  /** Files of this machine that hold the missing root; absent where nobody looked. */
  readonly heldBy?: readonly HeldRoot[]
  /** Lists of public roots with which go would accept the chain: the system's own that a setting hides, Node's. Absent where nobody looked. */
  readonly fineWith?: readonly PublicRoots[]
}

/** A list of public roots that the client does not read. */
export interface PublicRoots {
  /** In words. */
  readonly where: string
  /** go would read it, were it not for SSL_CERT_FILE or SSL_CERT_DIR. */
  readonly isHidden: boolean
}

/** A file of this machine, not of the wire, with the authority that go lacks. */
export interface HeldRoot {
  /** Who reads it ("git", "curl"), or whose folder it lies in. */
  readonly client: string
  readonly path: string
  /** `bundle`: a list that another client reads; `anchors`: the distribution's folder of own CAs, whose list was not made anew. */
  readonly kind: 'bundle' | 'anchors'
  /** The command that makes the list anew, for `anchors`. */
  readonly tool?: 'update-ca-certificates' | 'update-ca-trust'
  /** Go would accept the presented chain with this file as SSL_CERT_FILE, or in its list. */
  readonly completes: boolean
  /** It holds public roots too, of which go's own list has none. Absent = no. */
  readonly bringsPublicRoots?: boolean
}

export interface RootsFacts {
  /** In words: whose roots ("its own environment", "whytls's own environment"). */
  readonly whose: string
  readonly places: readonly { readonly path: string; readonly count: number; readonly problem: string | null }[]
  readonly count: number
  /** SSL_CERT_FILE / SSL_CERT_DIR as set, "" when unset. */
  readonly sslCertFile: string
  readonly sslCertDir: string
  /** Files of this machine that set these variables to these values; absent where none is known. */
  readonly setAt?: Readonly<Partial<Record<'SSL_CERT_FILE' | 'SSL_CERT_DIR', readonly SettingPlace[]>>>
  /** Set where they are git's and not go's: git reads other files, by other settings. Absent = go's. */
  readonly reader?: 'git'
  /** What names git's list: a variable, a git setting, or "default". Absent = not known. */
  readonly setBy?: string
  /** The client's own environment could not be read: these are the roots it would have with ours. Absent = they are the client's. */
  readonly isAssumed?: true
}

export interface GoFacts {
  /** "1.26.8"; the version whose rules are used. */
  readonly version: string
  /** False: assumed, since go's version could not be learned. */
  readonly isKnown: boolean
  readonly godebug: string
}

export interface Witness {
  /** The sentence after `Get "URL": `, or the whole line where there is no URL. */
  readonly text: string
  /** The line as go printed it. */
  readonly line: string
  readonly url: string | null
}
