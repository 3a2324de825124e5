import { describe, expect, it } from 'vitest'
import { diagnose, toDraft } from '../../src/diagnosis/diagnose.ts'
import type { HeldRoot, Observation, RootsFacts } from '../../src/diagnosis/observation.ts'
import {
  completed,
  defect,
  ended,
  observation,
  refusedInClear,
  seenRecord,
  serverHello,
  transcript,
  verdict,
} from './observation-builders.ts'

const GIT: RootsFacts = {
  whose: 'git',
  reader: 'git',
  setBy: 'git config http.sslCAInfo',
  places: [{ path: '/etc/company/git.pem', count: 1, problem: null }],
  count: 1,
  sslCertFile: '',
  sslCertDir: '',
}
const UNKNOWN = verdict([defect('unknown-authority', { issuer: 'CN=Office Root' })])
const OF_GO: HeldRoot = { client: 'go', path: '/etc/ssl/office.pem', kind: 'bundle', completes: true }

/** git in TLS 1.3: its Finished, then an alert, and no request. */
function leftByGit(parts: Partial<Observation> = {}, held: readonly HeldRoot[] = []): Observation {
  const records = [74, 19].map((lengthBytes) => ({ ...seenRecord('client-to-server', 23), lengthBytes }))
  return observation({
    transcript: { ...completed({ serverHellos: [serverHello()] }).transcript, records },
    ending: ended('client', 'fin'),
    judged: { source: 'probe', chain: [new Uint8Array([1]), new Uint8Array([2])], verdict: UNKNOWN, heldBy: held },
    roots: GIT,
    witness: {
      text: 'server certificate verification failed. CAfile: /etc/company/git.pem CRLfile: none',
      line: 'go: m.test/m@v1.0.0: invalid version: git ls-remote -q origin in /cache/vcs/x: exit status 128:',
      url: 'https://modproxy.example/team.git/',
    },
    ...parts,
  })
}
const draft = (seen: Observation) => toDraft(diagnose(seen), seen)

describe('an authority that git lacks', () => {
  it("is named with whose list it is, as likely: git's words say only that it was the certificate", () => {
    expect(draft(leftByGit())).toMatchObject({ cause: 'unknown-authority', stage: 'certificate', confidence: 'likely' })
    expect(draft(leftByGit())?.why).toContain("by git config http.sslCAInfo, not go's list")
    expect(draft(leftByGit({ witness: null }))?.confidence).toBe('possible')
  })
  it('is repaired for this host alone, by the file of go that has it', () => {
    const [first] = draft(leftByGit({}, [OF_GO]))?.fixes ?? []
    expect(first?.commands).toEqual(['git config --global http.https://modproxy.example/.sslCAInfo /etc/ssl/office.pem'])
    expect(first?.undo).toEqual(['git config --global --unset http.https://modproxy.example/.sslCAInfo'])
  })
  it("is repaired by the variable where that wins over git's settings", () => {
    const seen = leftByGit({ roots: { ...GIT, setBy: 'GIT_SSL_CAINFO' } }, [OF_GO])
    expect(draft(seen)?.fixes[0]?.commands).toEqual(['export GIT_SSL_CAINFO=/etc/ssl/office.pem'])
  })
  it('brings no path or host of a strange shape into a command', () => {
    const odd = leftByGit({ target: { host: 'a.test;reboot', port: 443, address: null } }, [{ ...OF_GO, path: '/etc/$(reboot).pem' }])
    expect(JSON.stringify(draft(odd)?.fixes)).not.toContain('reboot')
  })
  it('says nothing of what does not verify', () => {
    const text = JSON.stringify(draft(leftByGit({}, [OF_GO])))
    expect(text).not.toMatch(/NO_VERIFY|sslVerify/)
  })
  it('is not looked for behind a Finished of go', () => {
    const { reader: _, ...ofGo } = GIT
    expect(diagnose(leftByGit({ roots: ofGo, witness: null }))).toEqual([])
  })
  it('leaves what git refuses in clear as sure as it is for go', () => {
    const seen = refusedInClear(UNKNOWN, 48)
    expect(draft({ ...seen, roots: GIT })?.confidence).toBe(draft(seen)?.confidence)
  })
})

describe('a list that git cannot read', () => {
  const unread = { ...GIT, places: [{ path: '/gone.pem', count: 0, problem: 'cannot be read (ENOENT)' }], count: 0 }
  const left = (roots: RootsFacts) =>
    observation({ roots, transcript: transcript({ clientHellos: [] }), ending: ended('client', 'fin', null), judged: null })
  it('is the cause where git left before its ClientHello', () => {
    expect(draft(left(unread))).toMatchObject({ cause: 'client-roots-missing', stage: 'certificate', confidence: 'likely' })
    expect(draft(left(unread))?.why).toContain('/gone.pem (cannot be read (ENOENT))')
  })
  it('is looked for by words that no shell changes, where the file of the setting is not known', () => {
    const commands = draft(left(unread))?.fixes.flatMap((fix) => fix.commands)
    expect(commands).toEqual(['git config --show-origin --get-regexp sslcainfo'])
  })
  it('is none where it could be read, or the client is go', () => {
    const { reader: _, ...ofGo } = unread
    for (const roots of [GIT, ofGo]) expect(draft(left(roots))?.cause).not.toBe('client-roots-missing')
  })
})
