/** Serves a bare repository to git over HTTP as gitprotocol-http(5) says: two services of git itself behind their three addresses. */
import { spawn } from 'node:child_process'
import { createGunzip } from 'node:zlib'
import type { AnyRequest, AnyResponse } from '../../src/lab/module-server.ts'

/** Answer one request for it; what is none of git's gets 404. @param env of the git that serves */
export function serveGit(repository: string, env: Record<string, string>, request: AnyRequest, response: AnyResponse): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://origin.example')
  const isAsking = pathname.endsWith('/info/refs')
  const service = isAsking ? searchParams.get('service') : pathname.split('/').at(-1)
  if (service !== 'git-upload-pack' && service !== 'git-receive-pack') {
    response.writeHead(404)
    response.end()
    return
  }
  response.writeHead(200, {
    'content-type': `application/x-${service}-${isAsking ? 'advertisement' : 'result'}`,
    'cache-control': 'no-cache',
  })
  if (isAsking) writeTo(response, announce(service))
  const options = ['--stateless-rpc', ...(isAsking ? ['--advertise-refs'] : []), repository]
  const version = String(request.headers['git-protocol'] ?? '')
  const child = spawn('git', [service.slice('git-'.length), ...options], {
    env: { ...env, GIT_PROTOCOL: version },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  child.stdin.on('error', () => {}) // it need not read to the end
  child.stdout.pipe(response)
  if (request.headers['content-encoding'] === 'gzip') request.pipe(createGunzip()).pipe(child.stdin)
  else request.pipe(child.stdin)
}

/** One line with its length, and the end of a section (gitprotocol-common(5)). */
function announce(service: string): string {
  const line = `# service=${service}\n`
  return `${(line.length + 4).toString(16).padStart(4, '0')}${line}0000`
}

/** The two kinds of response have no common signature of `write`. */
function writeTo(response: AnyResponse, text: string): void {
  if ('stream' in response) response.stream.write(text)
  else response.write(text)
}
