/** What the server says of itself; asked for at the start and after each reconnection. */
import { signal } from '@preact/signals'
import type { Meta } from '../src/feed/protocol.ts'
import { fetchMeta, RequestFailed } from './api.ts'

export const meta = signal<Meta | null>(null)

/** Why the last request for it brought nothing, null when it did. */
export const metaFailure = signal<RequestFailed | null>(null)

/** Ask again; keeps the last answer when there is no new one. */
export async function refreshMeta(): Promise<void> {
  try {
    meta.value = await fetchMeta()
    metaFailure.value = null
  } catch (failure) {
    if (!(failure instanceof RequestFailed)) throw failure
    metaFailure.value = failure
  }
}

/** Host and port: of user and password only the set-up commands speak. */
export function addressOf(proxyUrl: string): string {
  return proxyUrl.replace(/^https?:\/\/(?:[^@/]*@)?/, '')
}
