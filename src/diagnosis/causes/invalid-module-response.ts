import { serverFix } from '../fixes.ts'
import { httpCause } from '../http-cause.ts'
import { targetName } from '../proxy-cause.ts'

/** 200 with something that is no module data. */
export const invalidModuleResponse = httpCause({
  id: 'invalid-module-response',
  meaning: 'TLS is fine; the answer is not what the GOPROXY protocol says',
  recognise: ({ text }, { line }) =>
    NONSENSE.test(text) ||
    NOT_HTTP.test(text) ||
    NOT_GZIP.test(text) ||
    NONSENSE.test(line) ||
    NO_DATABASE.test(line) ||
    isDiscovery(text, line),
  shownBy: 'page',
  words: ({ text }, seen) => ({
    ...wordsOf(text, seen.witness?.line ?? '', targetName(seen)),
    fixes: [serverFix(seen, fixOf(text, seen.witness?.line ?? ''))],
    alsoPossible: [{ cause: 'captive-portal', confidence: 'possible', test: 'whytls show --full' }],
  }),
})

function wordsOf(text: string, line: string, name: string) {
  if (isDiscovery(text, line)) return pageWords(name)
  return NO_DATABASE.test(text) ? databaseWords(name) : proxyWords(name, text)
}

function fixOf(text: string, line: string): string {
  if (isDiscovery(text, line)) return "correct the module's path, or the go-import line of the page"
  return NO_DATABASE.test(text)
    ? 'correct the URL in GOSUMDB, or what answers in the place of the checksum database'
    : 'correct the path in GOPROXY, or the server that answers 200 with a page'
}

function isDiscovery(text: string, line: string): boolean {
  return NO_REPOSITORY.test(text) && /\bunrecognized import path "/.test(line)
}

function pageWords(name: string) {
  return {
    title: `TLS is fine; the page of ${name} does not tell go where the module is`,
    why: 'go asks the host of a module path for a page (?go-get=1) that has a <meta name="go-import"> line for this path. A page came that has none for it, or one that go cannot use: the module\'s path is wrong, or another page (sign-in, error, a web site without modules) stands there.',
  }
}

function proxyWords(name: string, text: string) {
  return {
    title: `TLS is fine; ${name} answers, but not as a module proxy`,
    why: NOT_HTTP.test(text)
      ? 'What it sent inside TLS is not HTTP: the port belongs to another service, or the server behind the TLS is broken.'
      : NOT_GZIP.test(text)
        ? 'Its answer says that it is compressed (Content-Encoding: gzip) and is not, or is damaged: a server or gateway that labels or compresses answers wrongly.'
        : 'It answered 200 with something else than the GOPROXY protocol asks for: a web page (sign-in, block or error page), or GOPROXY lacks a part of its path.',
  }
}

function databaseWords(name: string) {
  return {
    title: `TLS is fine; ${name} answers, but not as the checksum database`,
    why: 'What it sent is no record or signed tree of the database that GOSUMDB names: another page stands in its place, or its key is not the one that go knows. go is right to stop.',
  }
}

/** golang.org/x/mod/sumdb and its parts: the answer cannot be read, or was not signed by the database. */
const NO_DATABASE =
  /(?:^|: )(?:malformed (?:record data|tree note|note|hash)$|reading tree(?: note)?: |cannot decode hash|note has no verifiable signatures|invalid signature for key )/

/** net/http transport.go, transfer.go, its reader of chunks and its HTTP/2 reader. */
const NOT_HTTP =
  /transport connection broken: (?:malformed |bad Content-Length|invalid empty Content-Length|unsupported transfer encoding|http: )|^malformed (?:HTTP|MIME|chunked) |^(?:invalid byte in |empty hex number for |http )chunk length|^chunked (?:encoding|line) |^invalid CR in chunked line|http2: frame too large|net\/http: server response headers exceeded |http2: response header list larger than |http2: failed reading the frame payload/

/** compress/flate and compress/gzip, which net/http lets unpack a body. */
const NOT_GZIP = /^(?:flate: (?:corrupt input|internal error)|gzip: invalid (?:header|checksum))/

/** cmd/go modfetch/proxy.go, fetch.go and their readers of zip and go.mod files (golang.org/x/mod/zip). */
const NONSENSE =
  /invalid response from proxy|proxy returned info for version|zip: not a valid zip file|^has unexpected file |: path does not have prefix "|: multiple entries for file "|: case-insensitive file name collision: |: entry ".*" is both a file and a directory|invalid character .* looking for beginning of value|malformed module path|errors parsing go\.mod|parsing go\.mod: missing module line/

/** cmd/go vcs.go and discovery.go: the page at `?go-get=1` names no repository, or one that go cannot use. */
const NO_REPOSITORY =
  /: no go-import meta tags \(|multiple meta tags match import path "|^parsing \S+: |: unknown vcs "|: invalid repo root "|: invalid subdirectory "| disagree about go-import for |: no go-import meta tag found in /
