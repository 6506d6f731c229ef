import { parseCertificate, readCertificate, type IssuedCertificate } from '@evolock/cardano-kes';
import { readEnvelope } from '../files/read-envelope.js';
import type { Surroundings } from '../surroundings.js';

/** Reads an operational certificate from a file or from standard input. */
export function readCertificateFrom(
  surroundings: Surroundings,
  path: string,
): Promise<IssuedCertificate> {
  return readEnvelope(surroundings, path, { read: readCertificate, parse: parseCertificate });
}
