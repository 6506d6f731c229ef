import { blocksOf, serialised } from './serialised-form.js';
import { keyFrom, keyOf } from './signing-keys.js';
import type { TestedAlgorithm, TestedKey } from './tested-algorithm.js';

function handleOf(key: TestedKey) {
  return {
    get period() {
      return key.period;
    },
    deriveVerificationKey: () => key.deriveVerificationKey(),
    sign: (message: Uint8Array) => key.sign(message),
    update: () => key.update(),
    serialise: () => serialised(key),
    blockSizes: () => blocksOf(key).map((block) => block.byteLength),
    release: () => key.release(),
  };
}

/** An algorithm as an implementation for the conformance runner. */
export function implementationOf(algorithm: TestedAlgorithm) {
  return {
    name: algorithm.name,
    totalPeriods: algorithm.totalPeriods,
    signatureSize: algorithm.signatureSize,
    signingKeySize: algorithm.signingKeySize,
    verificationKeySize: algorithm.verificationKeySize,
    generateKey: (seed: Uint8Array) => handleOf(keyOf(algorithm, seed)),
    readKey: (bytes: Uint8Array, period?: number) =>
      handleOf(keyFrom(algorithm, bytes, { period })),
    verify: (
      verificationKey: Uint8Array,
      period: number,
      message: Uint8Array,
      signature: Uint8Array,
    ) => algorithm.verify(verificationKey, period, message, signature),
  };
}
