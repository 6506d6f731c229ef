/** The two functions on which verification stands: SHA-256, and the verification of CompactSum. */
import { compactSumKesOfDepth } from '@evolock/kes-verify';
import { checkFunction, checkMethod, checkOptions } from '@evolock/direct-serialise/arguments';
import { sha256 } from '@noble/hashes/sha2.js';
import type { LogKey } from '../format/key.js';
import { signedMessage, type Seal } from '../format/seal.js';
import type { Sha256 } from '../format/tree.js';
import { Entries, type LeafHashes } from '../reading/sources.js';

/** A key evolving signature scheme at one depth, of which only verification is used. */
export interface KesVerification {
  /** Whether a signature of a message holds at a period. */
  verify(
    verificationKey: Uint8Array,
    period: number,
    message: Uint8Array,
    signature: Uint8Array,
  ): boolean;
}

/** Functions that replace the ones in JavaScript, for speed. */
export interface SealCryptography {
  /** CompactSum over Ed25519 of a depth from 0 to 20. Its `verify` is `false` for a signature of a wrong length. */
  readonly kesOfDepth: (depth: number) => KesVerification;
  /** SHA-256. */
  readonly sha256: Sha256;
}

/** The functions, and what hashes the entries in pieces of files. The command hashes them on all cores. */
export interface LogCryptography extends SealCryptography {
  readonly leavesOf: (pieces: AsyncGenerator<Uint8Array, void>, firstEntry: number) => LeafHashes;
}

/** The given functions, and those in JavaScript for what is not given. */
export function cryptographyOf(given: Partial<LogCryptography> | undefined): LogCryptography {
  const {
    kesOfDepth = compactSumKesOfDepth,
    sha256: hash = sha256,
    leavesOf = (pieces: AsyncGenerator<Uint8Array, void>) => new Entries(pieces, hash),
  } = checkOptions(given, ['kesOfDepth', 'sha256', 'leavesOf'], 'cryptography');
  checkFunction('cryptography.kesOfDepth', kesOfDepth);
  checkFunction('cryptography.sha256', hash);
  checkMethod('cryptography.sha256', hash, 'create');
  return { kesOfDepth, sha256: hash, leavesOf };
}

/** Whether a key made the signature of a seal, at the period of its number, which has to be one of the key. */
export function isSealed({ kesOfDepth }: SealCryptography, key: LogKey, seal: Seal): boolean {
  if (seal.number < key.first || seal.number > key.last) return false;
  const period = seal.number - key.first;
  const message = signedMessage(key.origin, seal);
  return kesOfDepth(key.depth).verify(key.verificationKey, period, message, seal.signature);
}
