/** Reads files of verification keys, and names their type. */
import {
  parseColdVerificationKey,
  parseKesVerificationKey,
  readColdVerificationKey,
  readKesVerificationKey,
  type VerificationKeyFile,
} from '@evolock/cardano-kes';
import { sum6Kes, type KesAlgorithm } from '@evolock/kes-sum';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { sourceName } from '../cli/text.js';
import { readEnvelope } from '../files/read.js';

/** Reads a KES verification key from a file or from standard input. */
export function readKesKeyFrom(session: Session, path: string): Promise<VerificationKeyFile> {
  const readers = { read: readKesVerificationKey, parse: parseKesVerificationKey };
  return readEnvelope(session, path, readers);
}

/** Reads a cold verification key from a file or from standard input. */
export function readColdKeyFrom(session: Session, path: string): Promise<VerificationKeyFile> {
  const readers = { read: readColdVerificationKey, parse: parseColdVerificationKey };
  return readEnvelope(session, path, readers);
}

/** The type that the file of a verification key states. The key itself does not contain its depth. */
export function verificationKeyType({ depth }: KesAlgorithm): string {
  return `KesVerificationKey_ed25519_kes_2^${depth}`;
}

/** Refuses a verification key of another depth than 6: no Cardano network accepts its signatures. */
export function refuseOtherDepth(path: string, type: string): void {
  if (type === verificationKeyType(sum6Kes)) return;
  throw new CommandError(
    'invalid',
    `${sourceName(path)}: by its type it is a key of depth 7, and block headers hold signatures of depth 6 only: make another key pair (kes keygen)`,
  );
}
