/** Where `go` looks for trusted roots on one kind of system (crypto/x509 root_*.go, the same from 1.21 to 1.26). */
export interface RootPlaces {
  /** The first one that can be read is used, and no other. */
  readonly files: readonly string[]
  /** All are read. */
  readonly directories: readonly string[]
}

/** The places of a platform (`process.platform`); undefined where go asks the system's own store instead and reads no files. */
export function rootPlaces(platform: string): RootPlaces | undefined {
  return PLACES[platform]
}

const LINUX: RootPlaces = {
  files: [
    '/etc/ssl/certs/ca-certificates.crt',
    '/etc/pki/tls/certs/ca-bundle.crt',
    '/etc/ssl/ca-bundle.pem',
    '/etc/pki/tls/cacert.pem',
    '/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem',
    '/etc/ssl/cert.pem',
  ],
  directories: ['/etc/ssl/certs', '/etc/pki/tls/certs'],
}

const BSD: RootPlaces = {
  files: [
    '/usr/local/etc/ssl/cert.pem',
    '/etc/ssl/cert.pem',
    '/usr/local/share/certs/ca-root-nss.crt',
    '/etc/openssl/certs/ca-certificates.crt',
  ],
  directories: ['/etc/ssl/certs', '/usr/local/share/certs', '/etc/openssl/certs'],
}

const PLACES: Readonly<Record<string, RootPlaces>> = {
  linux: LINUX,
  android: {
    files: LINUX.files,
    directories: [...LINUX.directories, '/system/etc/security/cacerts', '/data/misc/keychain/certs-added'],
  },
  freebsd: BSD,
  openbsd: BSD,
  netbsd: BSD,
  dragonfly: BSD,
  sunos: {
    files: ['/etc/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/cacert.pem'],
    directories: ['/etc/certs/CA'],
  },
  aix: { files: ['/var/ssl/certs/ca-bundle.crt'], directories: ['/var/ssl/certs'] },
}
