/** Reads files of certificates for `verify` and `cert`. */
import { readFile } from 'node:fs/promises'
import { type CertificateFile, readCertificateFile } from '../x509/certificate-file.ts'
import { EXIT } from './exit-code.ts'
import { describeFileError } from './file-error.ts'
import { Problem } from './problem.ts'

/** The octets of a file; "-" is stdin. @throws Problem when the system refuses */
export async function loadOctets(file: string): Promise<Uint8Array> {
  try {
    return file === '-' ? await readStdin() : await readFile(file)
  } catch (error) {
    throw new Problem('unreadable', `${file} cannot be read: ${describeFileError(error)}`, null, EXIT.usage)
  }
}

/** The certificates of a file. @throws Problem naming file and octet when there is none, or when `isWhole` asks for all and one is damaged */
export async function loadCertificateFile(file: string, isWhole: boolean): Promise<CertificateFile> {
  const found = readCertificateFile(await loadOctets(file))
  const [first] = found.problems
  if (found.certificates.length > 0 && (first === undefined || !isWhole)) return found
  throw unreadable(file, first ?? { offset: 0, message: 'no certificate in this file' })
}

/** One line for a place in a file that cannot be read. */
export function unreadable(file: string, { offset, message }: CertificateFile['problems'][number]): Problem {
  return new Problem('unreadable', `${file}, octet ${offset}: ${message}`, null, EXIT.usage)
}

async function readStdin(): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  for await (const chunk of process.stdin) chunks.push(chunk)
  return Buffer.concat(chunks)
}
