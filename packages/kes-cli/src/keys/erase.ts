/** Erases the file of a KES signing key: that of one key, which its verification key or certificate names, and nothing else. */
import { eraseFile, inspectEnvelope, withLockFile } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { invalid } from '@evolock/command-line/errors';
import { printable } from '@evolock/command-line/text';
import { KIND_IN_WORDS } from '../files/write.js';
import { derivedOf, loadKesSigningKey } from './signing-key.js';

/** The key that a file must hold to be erased. */
export interface Erasable {
  readonly verificationKey: Uint8Array;
  /** What names the key, safe to print. */
  readonly namedBy: string;
  /** Whether a damaged key, which cannot be compared, is erased by the type and size of its file. */
  readonly force?: boolean;
}

/**
 * Overwrites and removes the file under its lock, if it holds this key. A second name would lead to a key that stays. `check`
 * refuses when the key is needed, and is called when the file holds it.
 */
export function eraseKey(path: string, expected: Erasable, check?: () => void): void {
  withLockFile(path, () => {
    refuseOtherKind(path);
    refuseOtherKey(path, expected);
    check?.();
    eraseFile(path);
  });
}

/** Bytes of the CBOR of a KES signing key: the key in its layouts, and the head of a byte string. */
const SIZES: readonly number[] = [608, 612, 704].map((size) => size + 3);

function refuseOtherKind(path: string): void {
  const { kind, cborSize } = inspectEnvelope(path);
  if (kind === 'kes-signing-key' && SIZES.includes(cborSize)) return;
  const words = kind === undefined ? 'a file of another type' : KIND_IN_WORDS[kind];
  throw invalid(
    kind === 'kes-signing-key'
      ? `${printable(path)}: it does not have the size of a KES signing key`
      : `${printable(path)}: it is ${words}, and only KES signing keys are erased here`,
  );
}

function refuseOtherKey(path: string, { verificationKey, namedBy, force }: Erasable): void {
  const found = keyIn(path);
  if (found === undefined && force !== true) {
    throw invalid(
      `${printable(path)}: the key is damaged, so it cannot be compared with ${namedBy}: kes erase with --force erases the file by its type and size`,
    );
  }
  if (found !== undefined && !sameBytes(found, verificationKey)) {
    throw invalid(`${printable(path)}: it is not the key of ${namedBy}`);
  }
}

/** The verification key of a signing key; `undefined` when that is damaged. */
function keyIn(path: string): Uint8Array | undefined {
  try {
    return derivedOf(loadKesSigningKey(path).signingKey);
  } catch (error) {
    const { code = '' } = error as { readonly code?: string };
    if (error instanceof Error && code.startsWith('ERR_EVOLOCK_KES_')) return undefined;
    throw error;
  }
}
