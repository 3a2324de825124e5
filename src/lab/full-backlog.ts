/** A port that never answers a SYN: its listener's queue is full and nobody accepts. Works on Linux without any privilege. */
import { connect, type Socket } from 'node:net'
import { Worker } from 'node:worker_threads'
import type { Listening } from './listener.ts'

/** Listens with the smallest backlog, says its port, and then blocks its thread, so that nothing is ever accepted. */
const DEAF_LISTENER = `
const { parentPort } = require('node:worker_threads')
const server = require('node:net').createServer()
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port)
  setImmediate(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0))
})`
const QUEUE_PLACES = 4

/** Bring the deaf listener up and fill its queue. */
export async function startFullBacklog(): Promise<Listening> {
  const worker = new Worker(DEAF_LISTENER, { eval: true })
  const port = await new Promise<number>((resolve, reject) => {
    worker.once('message', resolve)
    worker.once('error', reject)
  })
  const fillers = await fillQueue(port)
  return {
    port,
    async close() {
      for (const socket of fillers) socket.destroy()
      await worker.terminate()
    },
  }
}

/** Connect until one connection is left hanging: then the queue is full. */
async function fillQueue(port: number): Promise<readonly Socket[]> {
  const fillers = Array.from({ length: QUEUE_PLACES }, () => connect({ port, host: '127.0.0.1' }).on('error', () => {}))
  await new Promise<void>((resolve) => setTimeout(resolve, 200))
  return fillers
}
