import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { pasteLine, writeSettings } from '../../src/cli/lab-up.ts'
import type { LabOrigin } from '../../src/lab/case.ts'

const ORIGIN: LabOrigin = {
  goproxy: 'https://cert-expired.whytls.test:4433',
  host: 'cert-expired.whytls.test',
  port: 4433,
  resolve: ['cert-expired.whytls.test:4433:127.0.0.1'],
  env: { SSL_CERT_FILE: "/a folder/with 'quotes'/roots.pem", HTTPS_PROXY: '' },
  module: 'lab.whytls.test/hello@v1.0.0',
  served: [],
  close: async () => undefined,
}

describe('what `lab up` prints to paste', () => {
  it('sets every variable in a shell as it was meant, whatever the folder is called', () => {
    const folder = mkdtempSync(join(tmpdir(), "whytls it's "))
    try {
      const settings = join(folder, 'settings.sh')
      writeFileSync(settings, writeSettings(ORIGIN, folder, folder))
      const script = `. "$1"; printf '%s\\n' "$SSL_CERT_FILE" "$GOPROXY" "$GOMODCACHE" "$PWD"`
      const lines = execFileSync('sh', ['-c', script, 'sh', settings], { encoding: 'utf8' }).split('\n')
      expect(lines.slice(0, 4)).toEqual([ORIGIN.env['SSL_CERT_FILE'], ORIGIN.goproxy, join(folder, 'modcache'), folder])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
  it('is one line in a subshell, so that nothing stays set', () => {
    expect(pasteLine({ origin: ORIGIN, settings: '/a folder/settings.sh' })).toBe(
      "(. '/a folder/settings.sh'; whytls run --resolve cert-expired.whytls.test:4433:127.0.0.1 -- go mod download lab.whytls.test/hello@v1.0.0)",
    )
  })
})
