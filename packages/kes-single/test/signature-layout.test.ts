import { blocksOf, keyFrom, keyOf, serialised } from '@evolock/test-keys';
import {
  messages,
  seedOf,
  seeds,
  toyDsign,
  toySignature,
  toySigningKey,
  toyVerificationKey,
} from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compactSingleKes, ed25519, MLockedSeed, singleKes } from '../src/index.js';
import { algorithms } from './algorithms.js';

test('a single signature is an Ed25519 signature; a compact one ends with the verification key', () => {
  fc.assert(
    fc.property(seeds, messages, (bytes, message) => {
      using seed = MLockedSeed.fromBytes(bytes.slice()) as MLockedSeed<32>;
      using alone = ed25519.generateKey(seed);
      using single = keyOf(singleKes(ed25519), bytes);
      using compact = keyOf(compactSingleKes(ed25519), bytes);
      const signature = alone.sign(message);
      const verificationKey = alone.deriveVerificationKey();
      expect(single.sign(message)).toEqual(signature);
      expect(compact.sign(message)).toEqual(Uint8Array.of(...signature, ...verificationKey));
      expect(single.deriveVerificationKey()).toEqual(verificationKey);
      expect(compact.deriveVerificationKey()).toEqual(verificationKey);
    }),
  );
});

test('over another leaf scheme every part of the layout has the sizes of that scheme', () => {
  fc.assert(
    fc.property(seeds, messages, (seed, message) => {
      using single = keyOf(singleKes(toyDsign()), seed);
      using compact = keyOf(compactSingleKes(toyDsign()), seed);
      const verificationKey = toyVerificationKey(seed);
      const signature = toySignature(verificationKey, message);
      expect(single.sign(message)).toEqual(signature);
      expect(compact.sign(message)).toEqual(Uint8Array.of(...signature, ...verificationKey));
      for (const key of [single, compact]) {
        expect(key.deriveVerificationKey()).toEqual(verificationKey);
        expect(blocksOf(key)).toEqual([toySigningKey(seed)]);
      }
    }),
  );
});

describe.each(algorithms)('$name', (algorithm) => {
  test('has the stated sizes, and a key is read as it was written', () => {
    fc.assert(
      fc.property(seeds, messages, (seed, message) => {
        using key = keyOf(algorithm, seed);
        using read = keyFrom(algorithm, serialised(key));
        expect(key.sign(message).byteLength).toBe(algorithm.signatureSize);
        expect(key.deriveVerificationKey().byteLength).toBe(algorithm.verificationKeySize);
        expect(read.period).toBe(0);
        expect(read.sign(message)).toEqual(key.sign(message));
        expect(read.deriveVerificationKey()).toEqual(key.deriveVerificationKey());
        expect(serialised(read)).toEqual(serialised(key));
      }),
    );
  });

  test('a clone and its key are released independently', () => {
    for (const cloneGoesFirst of [true, false]) {
      using original = keyOf(algorithm, seedOf(1));
      using clone = original.clone();
      const signature = original.sign(Uint8Array.of(1));
      const [gone, stays] = cloneGoesFirst ? [clone, original] : [original, clone];
      gone.release();
      expect(stays.sign(Uint8Array.of(1))).toEqual(signature);
      expect(stays.deriveVerificationKey()).toEqual(stays.deriveVerificationKey());
      expect(stays.algorithm).toBe(algorithm);
    }
  });

  test('returns verification keys and signatures in new memory', () => {
    using key = keyOf(algorithm, seedOf(1));
    const message = Uint8Array.of(1);
    key.deriveVerificationKey().fill(0);
    key.sign(message).fill(0);
    const verdict = algorithm.verify(key.deriveVerificationKey(), 0, message, key.sign(message));
    expect(verdict).toBe(true);
  });

  test('generateKey leaves the seed alive and unchanged', () => {
    using seed = MLockedSeed.fromBytes(seedOf(1));
    using same = MLockedSeed.fromBytes(seedOf(1));
    algorithm.generateKey(seed).release();
    expect(seed.released).toBe(false);
    expect(seed.equals(same)).toBe(true);
  });
});
