/** Files of verification keys: how they are read, and their type. */
import {
  looksLikeKeyText,
  parseVerificationKey,
  readVerificationKey as readKeyFile,
  type VerificationKeyFile,
  type VerificationKeyKind,
} from '@evolock/cardano-kes';
import { sum6Kes, type KesAlgorithm } from '@evolock/kes-sum';
import { invalid } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { sourceName } from '@evolock/command-line/text';
import { parseEnvelope, readEnvelope, type Readers } from '../files/read.js';

const readersOf = (kind: VerificationKeyKind): Readers<VerificationKeyFile> => ({
  read: (path) => readKeyFile(kind, path),
  parse: (text) => parseVerificationKey(kind, text),
});

/** How an option takes a verification key, for its help. */
export const KEY_FORMS = 'a file, -, hexadecimal digits, or bech32';

export const KES_KEY = readersOf('kes');
export const COLD_KEY = readersOf('cold');
export const VRF_KEY = readersOf('vrf');

/**
 * Reads a verification key from a file, from standard input, or from the option itself: hexadecimal digits or bech32.
 * An error names the option instead of the text, which may be a signing key.
 */
export function readVerificationKey(
  session: Session,
  option: string,
  text: string,
  readers: Readers<VerificationKeyFile>,
): Promise<VerificationKeyFile> | VerificationKeyFile {
  return looksLikeKeyText(text)
    ? parseEnvelope(option, Buffer.from(text), readers.parse)
    : readEnvelope(session, text, readers);
}

/** The type that the file of a verification key states. The key itself does not contain its depth. */
export function verificationKeyType({ depth }: KesAlgorithm): string {
  return `KesVerificationKey_ed25519_kes_2^${depth}`;
}

/** Refuses a verification key of another depth than 6: no Cardano network accepts its signatures. */
export function refuseOtherDepth(path: string, type: string): void {
  if (type === verificationKeyType(sum6Kes)) return;
  throw invalid(
    `${sourceName(path)}: by its type it is a key of depth 7, and block headers hold signatures of depth 6 only: make another key pair (kes keygen)`,
  );
}
