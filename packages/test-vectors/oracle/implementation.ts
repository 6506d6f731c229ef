import { concatBytes } from '@noble/hashes/utils.js';
import type { Implementation, KesImplementation, KesKeyHandle } from '../src/implementation.js';
import type { KesAlgorithmKind } from '../src/kes-algorithm.js';
import * as ed25519 from './ed25519.js';
import { compactSumOfDepth, sumOfDepth, type Scheme, type SigningKey } from './kes.js';
import { expandSeed } from './seed-expansion.js';

/** The scheme of an algorithm at a depth; `single` and `compactSingle` exist at depth 0 only. */
export function schemeOf(algorithm: KesAlgorithmKind, depth: number): Scheme | undefined {
  switch (algorithm) {
    case 'single':
      return depth === 0 ? sumOfDepth(0) : undefined;
    case 'compactSingle':
      return depth === 0 ? compactSumOfDepth(0) : undefined;
    case 'sum':
      return sumOfDepth(depth);
    case 'compactSum':
      return compactSumOfDepth(depth);
  }
}

function handleOf(scheme: Scheme, start: SigningKey, startPeriod: number): KesKeyHandle {
  let key = start;
  let period = startPeriod;
  return {
    get period() {
      return period;
    },
    deriveVerificationKey: () => scheme.deriveVerificationKey(key),
    sign: (message) => scheme.sign(key, period, message),
    update() {
      key = scheme.update(key, period);
      period += 1;
    },
    serialise: () => concatBytes(...scheme.serialise(key)),
    blockSizes: () => scheme.serialise(key).map((block) => block.length),
    release() {
      // Ordinary memory: nothing to let go of.
    },
  };
}

/** A scheme with the shape that the runner drives. */
export function adapt(name: string, scheme: Scheme): KesImplementation {
  return {
    name,
    totalPeriods: scheme.totalPeriods,
    signatureSize: scheme.signatureSize,
    signingKeySize: scheme.signingKeySize,
    verificationKeySize: 32,
    generateKey: (seed) => handleOf(scheme, scheme.generate(seed), 0),
    readKey(serialised, period) {
      const read = scheme.read(serialised);
      if (period !== undefined && period !== read.period) {
        throw new RangeError(`the key stands at period ${read.period}, not ${period}`);
      }
      return handleOf(scheme, read.key, read.period);
    },
    verify: (verificationKey, period, message, signature) =>
      scheme.verify(verificationKey, period, message, signature),
  };
}

/** The oracle as the runner drives it. */
export const oracle: Implementation = {
  seed: { expand: expandSeed },
  dsign: {
    deriveVerificationKey: ed25519.deriveVerificationKey,
    sign: ed25519.sign,
    verify: ed25519.verify,
  },
  kes(algorithm, depth) {
    const scheme = schemeOf(algorithm, depth);
    return scheme && adapt(`oracle ${algorithm} depth ${depth}`, scheme);
  },
};
