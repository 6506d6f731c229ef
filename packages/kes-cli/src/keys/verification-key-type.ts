import { sum6Kes, type KesAlgorithm } from '@evolock/kes-sum';
import { CommandError } from '../command-error.js';
import { sourceName } from '../files/read-public.js';

/** What the file of a verification key states as its type: the key itself does not tell its depth. */
export function verificationKeyType({ depth }: KesAlgorithm): string {
  return `KesVerificationKey_ed25519_kes_2^${depth}`;
}

/** Refuses a verification key that is not of the depth of Cardano: no network takes a signature by it. */
export function refuseOtherDepth(path: string, type: string): void {
  if (type === verificationKeyType(sum6Kes)) return;
  throw new CommandError(
    'invalid',
    `${sourceName(path)}: it is of depth 7 by its type, and block headers hold signatures of depth 6 only: make another key pair (kes keygen)`,
  );
}
