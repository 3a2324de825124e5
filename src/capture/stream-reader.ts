import { recognizeDatagram } from '../tls/datagram.ts'
import { FragmentPool } from './fragment-pool.ts'
import { type IpPacket, parseIp } from './ip.ts'
import type { CapturedPacket } from './item.ts'
import { findIpPacket, LINK_TYPES } from './link.ts'
import type { StreamListener } from './tcp-stream.ts'
import { type TcpLimits, type TcpLosses, TcpTable } from './tcp-table.ts'
import { findTunnelled } from './tunnel.ts'

/** What a capture held besides readable streams. */
export interface CaptureSummary extends TcpLosses {
  readonly packets: number
  readonly tcpStreams: number
  /** Parts of cut-up IP packets that could not be joined, since others of their packet are missing. */
  readonly fragments: number
  /** Packets of link types that are not read, by LINKTYPE number. */
  readonly unreadLinkTypes: ReadonlyMap<number, number>
  /** Packets of which octets were cut off by the snapshot length. */
  readonly cutPackets: number
  /** Datagrams that begin as DTLS or QUIC: TLS that is not read, since it does not run over TCP. */
  readonly dtls: number
  readonly quic: number
}

/** From captured packets to TCP streams: link layer, IP, TCP. Pure; memory is bounded by the limits. */
export class StreamReader {
  readonly #table: TcpTable
  readonly #fragments = new FragmentPool()
  readonly #unread = new Map<number, number>()
  #counts = { packets: 0, cutPackets: 0, dtls: 0, quic: 0 }

  constructor(listener: StreamListener, limits: TcpLimits = {}) {
    this.#table = new TcpTable(listener, limits)
  }

  accept(packet: CapturedPacket): void {
    this.#counts.packets += 1
    if (packet.octets.length < packet.wireBytes) this.#counts.cutPackets += 1
    if (!LINK_TYPES.has(packet.linkType)) {
      this.#unread.set(packet.linkType, (this.#unread.get(packet.linkType) ?? 0) + 1)
      return
    }
    const octets = findIpPacket(packet.linkType, packet.octets)
    const ip = octets === null ? null : this.#unwrap(octets, packet.atMs)
    if (ip?.protocol === TCP) this.#table.accept(ip, packet.atMs, packet.comment ?? null)
    else if (ip?.protocol === UDP) this.#nameDatagram(ip.payload.subarray(UDP_HEADER_BYTES))
  }

  /** The innermost packet that is whole; null while parts of it are missing. */
  #unwrap(octets: Uint8Array, atMs: number): IpPacket | null {
    let packet = this.#join(parseIp(octets), atMs)
    for (let depth = 0; packet !== null && depth < MAX_TUNNELS; depth += 1) {
      const tunnelled = findTunnelled(packet)
      const inner = tunnelled === null ? null : parseIp(tunnelled)
      if (inner === null) break
      packet = this.#join(inner, atMs)
    }
    return packet
  }

  #join(packet: IpPacket | null, atMs: number): IpPacket | null {
    return packet === null || packet.fragment === null ? packet : this.#fragments.join(packet, packet.fragment, atMs)
  }

  /** The capture is over: every stream that is open ends here. */
  end(): CaptureSummary {
    this.#table.end()
    return {
      ...this.#counts,
      ...this.#table.losses,
      fragments: this.#fragments.end(),
      tcpStreams: this.#table.count,
      unreadLinkTypes: this.#unread,
    }
  }

  #nameDatagram(payload: Uint8Array): void {
    const name = recognizeDatagram(payload)
    if (name === 'DTLS') this.#counts.dtls += 1
    if (name === 'QUIC') this.#counts.quic += 1
  }
}

const MAX_TUNNELS = 4
const TCP = 6
const UDP = 17
const UDP_HEADER_BYTES = 8
