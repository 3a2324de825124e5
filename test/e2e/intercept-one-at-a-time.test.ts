/** Origins that serve one connection at a time (many small servers do): intercept mode frees them of go's own before it looks itself. */
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it } from 'vitest'
import { normaliseGoText } from '../../src/diagnosis/normaliser.ts'
import type { LabCase } from '../../src/lab/case.ts'
import { LAB_CASES } from '../../src/lab/cases/index.ts'
import { listenOnLoopback } from '../../src/lab/listener.ts'
import { splitReport } from './fidelity.ts'
import { downloadPlainly, listToolchains } from './go.ts'
import { withOrigin } from './scenario.ts'
import { runThrough } from './whytls.ts'

const [toolchain = expect.fail('no go')] = listToolchains()

/** The case behind a door that lets the next connection in when the one before has ended. */
function oneAtATime(labCase: LabCase): LabCase {
  return {
    ...labCase,
    async up(world) {
      const origin = await labCase.up(world)
      const door = await listenOnLoopback(createServer({ pauseOnConnect: true }, queueFor(origin.port)), 0)
      const anew = (text: string) => text.replace(`:${origin.port}`, `:${door.port}`)
      const close = async () => {
        await door.close()
        await origin.close()
      }
      const goproxy = anew(origin.goproxy)
      return { ...origin, port: door.port, goproxy, env: { ...origin.env, GOPROXY: goproxy }, resolve: origin.resolve.map(anew), close }
    },
  }
}

/** Pass sockets on to a port of loopback, each when the one before has closed. */
function queueFor(port: number): (socket: Socket) => void {
  let before: Promise<void> = Promise.resolve()
  return (socket) => {
    const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()))
    socket.on('error', () => {})
    void before.then(() => passOn(socket, port))
    before = before.then(() => closed)
  }
}

function passOn(socket: Socket, port: number): void {
  if (socket.destroyed) return
  const onward = connect(port, '127.0.0.1')
  onward.on('error', () => socket.destroy()).on('close', () => socket.destroy())
  socket.on('close', () => onward.destroy())
  socket.pipe(onward)
  onward.pipe(socket)
}

describe('run --intercept at an origin that serves one connection at a time', () => {
  it('decrypts a sound one', () =>
    withOrigin(oneAtATime(LAB_CASES.ok), async (origin) => {
      const { result, document } = await runThrough(toolchain, origin, { options: ['--intercept'] })
      expect(result.exitCode).toBe(0)
      const own = document.handshakes.filter(({ probeOf }) => probeOf === null)
      expect(own.length).toBeGreaterThan(0)
      for (const { interception } of own) expect(interception).toEqual({ kind: 'decrypted' })
      expect(document.diagnoses).toEqual([])
    }))

  it('lets go meet on its own connection what it refuses', () =>
    withOrigin(oneAtATime(LAB_CASES['cert-expired']), async (origin) => {
      const plain = await downloadPlainly(toolchain, origin)
      const { result, document } = await runThrough(toolchain, origin, { options: ['--intercept'] })
      expect(result.exitCode).toBe(plain.exitCode)
      expect(normaliseGoText(splitReport(result.stderr).go)).toBe(normaliseGoText(plain.stderr))
      expect(document.diagnoses.map(({ cause }) => cause)).toEqual(['cert-expired'])
    }))
})
