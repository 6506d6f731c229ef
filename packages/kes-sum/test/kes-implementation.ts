import type { KesImplementation, KesKeyHandle } from '@evolock/test-vectors';
import { blocksOf, serialised } from '@evolock/test-support';
import type { KesAlgorithm, KesSigningKey } from '../src/index.js';
import { keyFrom, keyOf } from './signing-keys.js';

function handleOf(key: KesSigningKey): KesKeyHandle {
  return {
    get period() {
      return key.period;
    },
    deriveVerificationKey: () => key.deriveVerificationKey(),
    sign: (message) => key.sign(message),
    update: () => key.update(),
    serialise: () => serialised(key),
    blockSizes: () => blocksOf(key).map((block) => block.byteLength),
    release: () => key.release(),
  };
}

/** An algorithm in the shape that the conformance runner drives. */
export function implementationOf(algorithm: KesAlgorithm): KesImplementation {
  return {
    name: algorithm.name,
    totalPeriods: algorithm.totalPeriods,
    signatureSize: algorithm.signatureSize,
    signingKeySize: algorithm.signingKeySize,
    verificationKeySize: algorithm.verificationKeySize,
    generateKey: (seed) => handleOf(keyOf(algorithm, seed)),
    readKey: (bytes, period) => handleOf(keyFrom(algorithm, bytes, { period })),
    verify: (verificationKey, period, message, signature) =>
      algorithm.verify(verificationKey, period, message, signature),
  };
}
