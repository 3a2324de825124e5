/** A ClientHello as go sends it, for where none of the user's own is at hand. */
import { closeHello, openHello, withServerName } from '../tls/hello-octets.ts'
import type { SentHello } from './hello-change.ts'

/** The go whose hello this is; captured from `go mod download` on amd64. */
export const MEASURED_GO = '1.26.8'

/**
 * What go 1.26 sends to a host, but for the random parts, which are those of one capture.
 * @param serverName null for an IP address: go sends none then
 */
export function measuredHello(serverName: string | null): SentHello {
  const captured = openHello(new Uint8Array(Buffer.from(CAPTURED, 'base64')))
  return { message: closeHello(withServerName(captured, serverName)), recordVersion: 0x0301, cuts: [] }
}

const CAPTURED =
  'AQAF8gMDX40LBF4gdC//CnQx1qKwP99DVScLHn5Cr45CTqsR2x4gcdKKo2ArrgcmmWXnKCTXebfcuybNoDIr2EJUR0mlyAwAGsArwC/ALMAwzKnMqMAJwBPA' +
  'CsAUEwETAhMDAQAFjwAAABoAGAAAFW1vZHByb3h5LmV4YW1wbGUudGVzdAALAAIBAP8BAAEAABcAAAASAAAABQAFAQAAAAAACgAQAA4R7BHrEe0AHQAXABgA' +
  'GQANABYAFAgEBAMIBwgFCAYEAQUBBgEFAwYDADIAGgAYCAQEAwgHCAUIBgQBBQEGAQUDBgMCAQIDABAADgAMAmgyCGh0dHAvMS4xACsABQQDBAMDADME6gTo' +
  'EewEwDFJagOmH8vjvi4nDOYTfMMaA9v4kZTmwussm01XhghDHxA1MvyIzNl0XJFQcmfozWd5pSRoXbfWSBNEICzlQhWCG3GnJqjqCSIgmlrDr343B6bjcPV5' +
  'OGHVyDwCkHfBoIgJxcWbVW9zb0jaigUpGl74hw+LOp7Qy4CFWssTjJChgGBCzT0UAeXUeuFiDBiTkxrcqCL0VsgpdpwbA+pVlbwFi3FEvZknJ9xQLBprRuGI' +
  'zVyZgDcmXCTnYQqixkl3VA3CxZMqMrcUzbzspzvBEGjKWfvRaa7mf6KmGPokmfMDlNeZZihKKd7XiGw7rtz5RAv0ucZsCE6GftRWzFUww1hJGmJLT0TrX6II' +
  'KGgwCtVQarIkVRK1dcRCUAekv60ZVcQmksulDXkStAVpHy1aRVCHjrYAC0LoIkpEzbyEHPrhh1fWrdiCeBjsjAAVOz8bhfJFGzUsXgg2p/UTl1cMUuDmxI4X' +
  'rE48kBUpRBgju/qBpd0KDI8hpBB1X7XUCwCcMLR4EaQkmGGGlBYaHOtTBS6UHMNoaJDByjeDF81kkGRsRucjCE0gjVGnpo0kAZg5BcD7tqroga2FZ8ryn7oA' +
  'LY3lme1HuCaEKBe8kWIzGUO3dVBhFVZkGh1DKgtDwrVwcVTstd0Jl2oClzJQBaJ4Z685Ho7Tte2FnCfLp2LxKWQQpvC6XNAqZlc7gB9msK/kScw0YBkTz/lo' +
  'h8fmLISSht6BaolKRpEVrwclJjiVSyEmLqlkrTycAazYYGvDYAHMYbfmwCQsRKczuGK1yDHRk2HCvJ/2uRl8LoJhsurSNvUMtdmwrWxmtpgwCenlvpXgr88F' +
  'DUO2tWSBqTcGD5RDqdR5ceNCOmVHD886Ol3IWgxYuBlrsT8MDR91P7pWZEhmA71ZE/1ZgU74coORlD0aEKSkzsk5VqtoYUzBoaXRNlnHpeqYayY6DuaogNWA' +
  'lrd5a5bmSu/zUX24I9iwoJ/HMMf6ht9YzUuWs9SVx2BTA9mybQGKJx3FWrmTHIXbNQfhp5wKMEwFh7uFYPMJk5bcZ5REWD3FqbJxW3HVBOSINBRruLDUc61o' +
  'UH0XTcy7qdEkIoGQeg/DUdAUAFZ8os7HLgCbP9f4e1DqcYXLCewyJoX4KreYAooEWXzBvx7iWg7UhsMkNc+UV0wRKisZVPsBuM1RONJnYZCaM8ADAVDAaWCk' +
  'mB3ZjWLlXlvGa9JAKH33wpvAcLeScYNQk0i4EzSQDWwShKdClNCyMWHzytkGm0m1bQ6UD7qQDk7XzcBQHdH7ZYrDMlWERAPgbDlErH8IMKm4dHIkYDLTX7uy' +
  'K7rXHanCweATNCc2XkUZG+zzX6P1dTWQYpjywfl7MPTWTm0wSmC8AdOoeHqSJNx5bttDBTFadxW5na4TNeQ5M1mMwwUjz3/rwYsVBvwXTZxjlhd1d9mXtvns' +
  'mxu4dGFQEtvyvLtmb66Dj2zsF8TXcDjFwRqxDKZzFUmgXdzCZp3WF+VJee4Gc/khsr7smP52tp1wGDy4POcqVLuGSvJTzsALZNmipAh0GTxjSdHxGl1mvb+B' +
  'HpAyoq7rvl98GCp11Yhprg/G5GgFtti1KB5nRoMCIU3q7dauI26fwQ1xWi4aGckR3i0AHQAg5GgFtti1KB5nRoMCIU3q7dauI26fwQ1xWi4aGckR3i0='
