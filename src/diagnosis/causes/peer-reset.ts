import { afterHello, peerCause, traffic } from '../peer-cause.ts'

/** A TCP RST from the server's side. */
export const peerReset = peerCause({
  id: 'peer-reset',
  meaning: 'The connection was reset (TCP RST)',
  recognise: (ending) => ending.by === 'server' && ending.how === 'rst',
  goText: () => undefined,
  verb: 'reset the connection',
  why: () =>
    'A TCP reset came without a TLS alert: the server crashed or refuses this client, or a firewall on the path cut the connection in its name.',
  evidence: (death) => `TCP RST from the server's side${afterHello(death.ending)}; ${traffic(death)}`,
})
