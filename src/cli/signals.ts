/** SIGINT, SIGTERM, SIGHUP and SIGQUIT while a command of the user's runs, and after it. */
import type { RunningChild } from './child.ts'

/** Who hears signals at the moment: nobody yet, then the child, then whatever is still going on behind it. */
export interface Interruption {
  /** From now on the child is told; also of a signal that came while it was being started. */
  childStarted(child: RunningChild): void
  /** From now on signals end what is still going on (`stop`), not the child. Called at once when a signal came before. */
  childEnded(stop: () => void): void
  /** Give the signals back to the system. */
  dispose(): void
}

/** The terminal sends these to its whole foreground group, so the child has them already. */
const FROM_TERMINAL: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT']
/** These reach this process alone, so the child is told. */
const FOR_US: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP']

/** While the child runs it alone decides what a signal means; whytls stays to say what is known. */
export function passSignals(): Interruption {
  let early: NodeJS.Signals | null = null
  let wasInterrupted = false
  let tell = (signal: NodeJS.Signals) => {
    early = signal
  }
  const onSignal = (signal: NodeJS.Signals) => {
    wasInterrupted = true
    tell(signal)
  }
  const signals = [...FROM_TERMINAL, ...FOR_US]
  for (const signal of signals) process.on(signal, onSignal)
  return {
    childStarted: (child) => {
      if (early !== null) child.signal(early)
      tell = (signal) => {
        if (!FROM_TERMINAL.includes(signal)) child.signal(signal)
      }
    },
    childEnded: (stop) => {
      tell = stop
      if (wasInterrupted) stop()
    },
    dispose: () => {
      for (const signal of signals) process.off(signal, onSignal)
    },
  }
}

/** Resolves with the first SIGINT or SIGTERM from now on; further ones have their usual effect. */
export function untilInterrupted(): Promise<void> {
  return hearInterrupts(1)[0] ?? Promise.resolve()
}

/** Two promises: the first SIGINT or SIGTERM from now on, and the second; a third one has its usual effect. */
export function untilInterruptedTwice(): readonly [first: Promise<void>, second: Promise<void>] {
  const [first = Promise.resolve(), second = Promise.resolve()] = hearInterrupts(2)
  return [first, second]
}

/** One listener for all of them, so that none falls between two. */
function hearInterrupts(count: number): readonly Promise<void>[] {
  const heard: (() => void)[] = []
  const promises = Array.from({ length: count }, () => new Promise<void>((resolve) => heard.push(resolve)))
  const onSignal = () => {
    heard.shift()?.()
    if (heard.length > 0) return
    process.off('SIGINT', onSignal)
    process.off('SIGTERM', onSignal)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return promises
}
