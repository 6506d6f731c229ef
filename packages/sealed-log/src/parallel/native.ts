/** Native functions in the place of those in JavaScript. */
import { compactSumKesOfDepth, ed25519 } from '@evolock/kes-sum';
import { sha256 } from '../sealer/sha256.js';
import type { SealCryptography } from '../verify/cryptography.js';

const schemes = new Map<number, ReturnType<SealCryptography['kesOfDepth']>>();

/** SHA-256 of Node.js, and CompactSum over libsodium. */
export const native: SealCryptography = {
  sha256,
  kesOfDepth: (depth) => {
    const scheme = schemes.get(depth) ?? compactSumKesOfDepth(ed25519, depth);
    schemes.set(depth, scheme);
    return scheme;
  },
};
