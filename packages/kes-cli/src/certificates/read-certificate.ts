import { parseCertificate, readCertificate, type IssuedCertificate } from '@evolock/cardano-kes';
import { readPublic, STDIN } from '../files/read-public.js';
import type { Surroundings } from '../surroundings.js';

/** Far more than a certificate file has, bytes. */
const LARGEST = 65_536;

/** Reads an operational certificate from a file or from standard input. */
export async function readCertificateFrom(
  surroundings: Surroundings,
  path: string,
): Promise<IssuedCertificate> {
  return path === STDIN
    ? parseCertificate(await readPublic(surroundings, path, LARGEST))
    : readCertificate(path);
}
