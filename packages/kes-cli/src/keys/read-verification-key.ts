import {
  parseColdVerificationKey,
  parseKesVerificationKey,
  readColdVerificationKey,
  readKesVerificationKey,
  type VerificationKeyFile,
} from '@evolock/cardano-kes';
import { readEnvelope } from '../files/read-envelope.js';
import type { Surroundings } from '../surroundings.js';

/** Reads a KES verification key from a file or from standard input. */
export function readKesKeyFrom(
  surroundings: Surroundings,
  path: string,
): Promise<VerificationKeyFile> {
  const readers = { read: readKesVerificationKey, parse: parseKesVerificationKey };
  return readEnvelope(surroundings, path, readers);
}

/** Reads a cold verification key from a file or from standard input. */
export function readColdKeyFrom(
  surroundings: Surroundings,
  path: string,
): Promise<VerificationKeyFile> {
  const readers = { read: readColdVerificationKey, parse: parseColdVerificationKey };
  return readEnvelope(surroundings, path, readers);
}
