import { createHash } from 'node:crypto'
import type { ClientHello } from '../contract/handshake.ts'
import type { Named } from '../contract/terms.ts'
import { isGrease } from './grease.ts'

/** What JA4 is made of. */
export type Ja4Input = Pick<
  ClientHello,
  'legacyVersion' | 'supportedVersions' | 'serverName' | 'cipherSuites' | 'extensions' | 'alpn' | 'signatureAlgorithms'
>

/** JA4 of a ClientHello over TCP, and JA4_r (the same before hashing), after FoxIO's description of JA4 (BSD-3-Clause part). */
export function fingerprintJa4(hello: Ja4Input): Pick<ClientHello, 'ja4' | 'ja4r'> {
  const suites = listIds(hello.cipherSuites)
  const extensions = listIds(hello.extensions)
  const head = [
    't',
    nameHighestVersion(hello),
    extensions.includes(SERVER_NAME) ? 'd' : 'i',
    countTwoDigits(suites),
    countTwoDigits(extensions),
    abbreviateAlpn(hello.alpn[0] ?? ''),
  ].join('')
  const sortedSuites = joinHex(suites.toSorted(ascending))
  const sortedExtensions = joinHex(extensions.filter((id) => id !== SERVER_NAME && id !== ALPN).toSorted(ascending))
  const schemes = joinHex(listIds(hello.signatureAlgorithms))
  const tail = schemes === '' ? sortedExtensions : `${sortedExtensions}_${schemes}`
  const hashedTail = extensions.length === 0 ? NOTHING : hashShort(tail)
  return { ja4: [head, hashShort(sortedSuites), hashedTail].join('_'), ja4r: [head, sortedSuites, tail].join('_') }
}

function nameHighestVersion(hello: Ja4Input): string {
  const offered = listIds(hello.supportedVersions)
  const highest = offered.length > 0 ? Math.max(...offered) : Number.parseInt(hello.legacyVersion, 16)
  return VERSION_CODES[highest] ?? '00'
}

/** First and last character of the first ALPN name; of its hex form where one of them is no letter or digit. */
function abbreviateAlpn(name: string): string {
  if (name === '') return '00'
  const isPlain = /^[0-9A-Za-z]/.test(name) && /[0-9A-Za-z]$/.test(name)
  const text = isPlain ? name : Buffer.from(name, 'latin1').toString('hex')
  return text.slice(0, 1) + text.slice(-1)
}

function listIds(list: readonly Named[]): number[] {
  return list.map(({ id }) => id).filter((id) => !isGrease(id))
}

function joinHex(ids: readonly number[]): string {
  return ids.map((id) => id.toString(16).padStart(4, '0')).join(',')
}

function hashShort(text: string): string {
  return text === '' ? NOTHING : createHash('sha256').update(text).digest('hex').slice(0, 12)
}

function countTwoDigits(list: readonly number[]): string {
  return String(Math.min(list.length, 99)).padStart(2, '0')
}

function ascending(left: number, right: number): number {
  return left - right
}

const SERVER_NAME = 0
const ALPN = 16
const NOTHING = '000000000000'

const VERSION_CODES: Readonly<Record<number, string>> = {
  2: 's2',
  768: 's3',
  769: '10',
  770: '11',
  771: '12',
  772: '13',
}
