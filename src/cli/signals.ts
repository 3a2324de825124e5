/** SIGINT, SIGTERM, SIGHUP and SIGQUIT while a command of the user's runs, and after it. */
import type { RunningChild } from './child.ts'

/** Who hears signals at the moment. */
export interface Interruption {
  /** From now on signals end what is still going on (`stop`), not the child. Called at once when Ctrl-C came before. */
  childEnded(stop: () => void): void
  /** Give the signals back to the system. */
  dispose(): void
}

/** The terminal sends these to its whole foreground group, so the child has them already. */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT'] as const
/** These reach this process alone, so the child is told. */
const FOR_US = ['SIGTERM', 'SIGHUP'] as const

/** While the child runs it alone decides what a signal means; whytls stays to say what is known. */
export function passSignals(child: RunningChild): Interruption {
  let stop: (() => void) | null = null
  let wasInterrupted = false
  const onSignal = (signal: NodeJS.Signals) => {
    wasInterrupted = true
    if (stop !== null) stop()
    else if (!isFromTerminal(signal)) child.signal(signal)
  }
  const signals = [...FROM_TERMINAL, ...FOR_US]
  for (const signal of signals) process.on(signal, onSignal)
  return {
    childEnded: (stopNow) => {
      stop = stopNow
      if (wasInterrupted) stopNow()
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

/** Resolves with the first SIGINT or SIGTERM from now on; further ones have their usual effect. */
export function untilInterrupted(): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      process.off('SIGINT', done)
      process.off('SIGTERM', done)
      resolve()
    }
    process.on('SIGINT', done)
    process.on('SIGTERM', done)
  })
}

function isFromTerminal(signal: NodeJS.Signals): boolean {
  return FROM_TERMINAL.some((one) => one === signal)
}
