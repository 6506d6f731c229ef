import { concatBytes } from '@noble/hashes/utils.js';
import type {
  Implementation,
  KesImplementation,
  KesKeyHandle,
  KesRustFormImplementation,
} from '../../src/implementation/implementation.js';
import type { KesAlgorithmKind } from '../../src/vectors/algorithm.js';
import * as cbor from './cbor.js';
import { checkKey, TamperedKeyError } from './check-key.js';
import * as ed25519 from './ed25519.js';
import * as extended from './extended.js';
import * as vrf from './vrf.js';
import { expandSeed } from './hash.js';
import { compactSumOfDepth, type Scheme, type SigningKey, sumOfDepth } from './kes.js';
import * as rustForm from './rust-form.js';

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

function handleOf(
  scheme: Scheme,
  start: SigningKey,
  startPeriod: number,
  write: (key: Uint8Array, period: number) => Uint8Array = (key) => key,
): KesKeyHandle {
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
    serialise: () => write(concatBytes(...scheme.serialise(key)), period),
    blockSizes: () => scheme.serialise(key).map((block) => block.length),
    release() {
      // Ordinary memory: there is nothing to release.
    },
  };
}

/** Reads a key and checks all that can be recomputed. */
function readChecked(scheme: Scheme, serialised: Uint8Array, period: number | undefined): KeyAt {
  const read = scheme.read(serialised);
  if (period !== undefined && period !== read.period) {
    throw new RangeError(`the key is at period ${read.period}, not ${period}`);
  }
  checkKey(read.key);
  return read;
}

interface KeyAt {
  readonly key: SigningKey;
  readonly period: number;
}

function adaptRustForm(scheme: Scheme): KesRustFormImplementation {
  return {
    generateKey: (seed) => handleOf(scheme, scheme.generate(seed), 0, rustForm.encode),
    readKey(encoded) {
      const stated = rustForm.decode(encoded);
      const { key, period } = readChecked(scheme, stated.key, stated.period);
      return handleOf(scheme, key, period, rustForm.encode);
    },
  };
}

/** A scheme as the runner uses it. */
export function adapt(name: string, scheme: Scheme): KesImplementation {
  return {
    name,
    totalPeriods: scheme.totalPeriods,
    signatureSize: scheme.signatureSize,
    signingKeySize: scheme.signingKeySize,
    verificationKeySize: 32,
    generateKey: (seed) => handleOf(scheme, scheme.generate(seed), 0),
    readKey(serialised, stated) {
      const { key, period } = readChecked(scheme, serialised, stated);
      return handleOf(scheme, key, period);
    },
    verify: (verificationKey, period, message, signature) =>
      scheme.verify(verificationKey, period, message, signature),
  };
}

/** The optional parts of a scheme. */
function optionalParts(scheme: Scheme): Partial<KesImplementation> {
  return {
    cbor: {
      encodeVerificationKey: cbor.encode,
      decodeVerificationKey: (encoded) => cbor.decode(encoded, 32),
      encodeSignature: cbor.encode,
      decodeSignature: (encoded) => cbor.decode(encoded, scheme.signatureSize),
    },
    rust: adaptRustForm(scheme),
    checkedRead: {
      levelOf: (error) => (error instanceof TamperedKeyError ? error.level : undefined),
    },
  };
}

/** The oracle as the runner uses it. */
export const oracle: Implementation = {
  seed: { expand: expandSeed },
  dsign: {
    deriveVerificationKey: ed25519.deriveVerificationKey,
    sign: ed25519.sign,
    verify: ed25519.verify,
  },
  extended,
  vrf: (algorithm) => ({
    deriveVerificationKey: ed25519.deriveVerificationKey,
    prove: (seed, alpha) => vrf.prove(algorithm, seed, alpha),
    verify: (verificationKey, alpha, proof) => vrf.verify(algorithm, verificationKey, alpha, proof),
    outputOf: (proof) => vrf.outputOf(algorithm, proof),
  }),
  kes(algorithm, depth) {
    const scheme = schemeOf(algorithm, depth);
    if (scheme === undefined) return undefined;
    const name = `oracle ${algorithm} depth ${depth}`;
    return { ...adapt(name, scheme), ...optionalParts(scheme) };
  },
};
