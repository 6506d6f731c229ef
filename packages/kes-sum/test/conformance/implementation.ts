import { implementationOf } from '@evolock/test-keys';
import type { Implementation } from '@evolock/test-vectors';
import { ed25519, MLockedSeed } from '../../src/index.js';
import { compactSums, sums } from '../algorithms.js';

function keyOf(bytes: Uint8Array) {
  using seed = MLockedSeed.fromBytes(bytes.slice()) as MLockedSeed<32>;
  return ed25519.generateKey(seed);
}

/** The package for the conformance runner. */
export const implementation: Implementation = {
  dsign: {
    deriveVerificationKey(seed) {
      using key = keyOf(seed);
      return key.deriveVerificationKey();
    },
    sign(seed, message) {
      using key = keyOf(seed);
      return key.sign(message);
    },
    verify: ed25519.verify,
  },
  kes(algorithm, depth) {
    if (depth > 0 && (algorithm === 'single' || algorithm === 'compactSingle')) return undefined;
    const found = (algorithm === 'sum' || algorithm === 'single' ? sums : compactSums)[depth];
    return found && implementationOf(found);
  },
};
