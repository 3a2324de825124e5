import { CONTENT_TYPE } from '../tls/record.ts'
import { type GoRefusal, isKnownType, localError, messageName, refuse } from './go-refusal.ts'
import type { ServerMessage, ServerRecord, ServerStep } from './go-steps.ts'
import { findFlaw } from './go-well-formed.ts'

/** What comes next: a message, a refusal of what stands in its place, or nothing that can be judged. */
export type NextMessage = ServerMessage | GoRefusal | null

/** Hands out the server's messages as Go's record layer does, and refuses what it refuses there. State over time: the place in the session. */
export class StepReader {
  readonly #steps: readonly ServerStep[]
  readonly #minor: number
  #at = 0
  /** The agreed version; 0 before the ServerHello. */
  #version = 0
  #isProtected = false
  /** Octets in clear that were read before the keys changed. */
  #bufferedBytes = 0

  constructor(steps: readonly ServerStep[], minor: number) {
    this.#steps = steps
    this.#minor = minor
  }

  /** From here on records must carry the version, and Go's types are those of TLS 1.3 where that was agreed. */
  agree(version: number): void {
    this.#version = version
  }

  /** From here on go opens every record of TLS 1.3 with its keys, but for ChangeCipherSpec and what it had read before. */
  protect(bufferedBytes: number): void {
    this.#isProtected = true
    this.#bufferedBytes = bufferedBytes
  }

  get isTls13(): boolean {
    return this.#version === 0x0304
  }

  /** @param awaited HandshakeType of the message that go waits for, for people */
  next(awaited: number): NextMessage {
    for (let step = this.#take(); step !== null; step = this.#take()) {
      if (this.#version !== 0 && step.recordVersion !== '0x0303') return this.#refuseRecordVersion(step, awaited)
      if (this.#isUnprotected(step)) return this.#refuseUnprotected(awaited)
      if (step.kind === 'message') return this.#check(step, awaited)
      const objection = this.#objectTo(step, awaited)
      if (objection !== 'skip') return objection
    }
    return null
  }

  #take(): ServerStep | null {
    const step = this.#steps[this.#at] ?? null
    this.#at += 1
    return step
  }

  #isUnprotected(step: ServerStep): boolean {
    if (!this.#isProtected) return false
    if (step.kind === 'record')
      return step.contentType !== CONTENT_TYPE.changeCipherSpec && step.contentType !== CONTENT_TYPE.applicationData
    if (step.isHidden) return false
    this.#bufferedBytes -= HEADER_BYTES + step.body.length
    return this.#bufferedBytes < 0
  }

  #refuseUnprotected(awaited: number): GoRefusal {
    return refuse({
      fault: 'elsewhere',
      text: 'local error: tls: bad record MAC',
      alert: 20,
      isAlertHidden: true,
      message: messageName(awaited),
      field: 'TLSCiphertext',
      seen: 'a record in clear',
      wanted: 'an encrypted one',
    })
  }

  #check(message: ServerMessage, awaited: number): NextMessage {
    const at = { isAlertHidden: this.#isProtected, isHidden: message.isHidden }
    if (!isKnownType(message.type)) {
      return this.#unexpected(awaited, messageName(message.type), at)
    }
    const flaw = findFlaw(message, { isTls13: this.isTls13, minor: this.#minor })
    if (flaw === null) return message
    const alert = this.#minor >= 25 ? 50 : 10
    const refusal = { ...at, text: localError(alert), alert }
    const name = messageName(message.type)
    if (ALONE.has(awaited) && message.type !== awaited) return this.#unexpected(awaited, `${name}, which cannot be read`, refusal)
    const wanted = `a whole ${name} and nothing more`
    return refuse({ ...refusal, fault: 'malformed', message: name, field: flaw.field, seen: flaw.why, wanted })
  }

  /** `skip`: Go reads on. */
  #objectTo(record: ServerRecord, awaited: number): GoRefusal | null | 'skip' {
    switch (record.contentType) {
      case CONTENT_TYPE.changeCipherSpec:
        return this.isTls13 ? 'skip' : this.#unexpected(awaited, 'a ChangeCipherSpec')
      case CONTENT_TYPE.alert:
        return this.#objectToAlert(record, awaited)
      case CONTENT_TYPE.handshake:
        return this.#unexpected(awaited, 'a handshake record without content')
      case CONTENT_TYPE.applicationData:
        // Under keys that nobody here has it may be anything.
        return this.isTls13 ? 'skip' : this.#unexpected(awaited, 'application data')
      default:
        return this.#unexpected(awaited, `a record of type ${record.contentType}`)
    }
  }

  #objectToAlert({ lengthBytes, alertLevel }: ServerRecord, awaited: number): GoRefusal | null | 'skip' {
    if (lengthBytes !== 2) return this.#unexpected(awaited, `an alert of ${lengthBytes} octets`)
    if (typeof alertLevel === 'number') return this.#unexpected(awaited, `an alert of level ${alertLevel}`)
    return alertLevel === 'warning' && !this.isTls13 ? 'skip' : null
  }

  #unexpected(awaited: number, seen: string, at: Partial<GoRefusal> = {}): GoRefusal {
    const name = messageName(awaited)
    return refuse({ fault: 'order', text: localError(10), alert: 10, message: name, field: name, seen, wanted: `a ${name}`, ...at })
  }

  #refuseRecordVersion({ recordVersion }: ServerStep, awaited: number): GoRefusal {
    return refuse({
      fault: 'elsewhere',
      text: `tls: received record with version ${recordVersion.slice(2).replace(/^0+/, '')} when expecting version 303`,
      alert: 70,
      message: messageName(awaited),
      field: 'legacy_record_version',
      seen: recordVersion,
      wanted: '0x0303',
    })
  }
}

const HEADER_BYTES = 4

/** ServerHello and EncryptedExtensions: nothing else may stand in their place. */
const ALONE: ReadonlySet<number> = new Set([2, 8])
