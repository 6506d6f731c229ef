import { createPublicKey, verify } from 'node:crypto';
import { messages, seeds } from '@evolock/test-support';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- the oracle is not published with test-vectors
import * as extendedOracle from '../../test-vectors/oracle/scheme/extended.js';
// eslint-disable-next-line @typescript-eslint/no-restricted-imports -- likewise
import * as oracle from '../../test-vectors/oracle/scheme/vrf.js';
import { algorithms, extendedFrom, keyOf } from './signing-keys.js';

/** The oracle takes some milliseconds for each operation. */
const few = { numRuns: 15 };

describe.each(algorithms)('$name', (algorithm) => {
  const name = algorithm.name as Parameters<typeof oracle.prove>[0];

  test('proofs and outputs are those of an independent implementation, for any seed and message', () => {
    fc.assert(
      fc.property(seeds, messages, (seed, alpha) => {
        using key = keyOf(seed, algorithm);
        const proof = key.prove(alpha);
        expect(proof).toEqual(oracle.prove(name, seed, alpha));
        expect(algorithm.outputOf(proof)).toEqual(oracle.outputOf(name, proof));
      }),
      few,
    );
  });

  test('a changed proof has the verdict and the output of an independent implementation', () => {
    const place = fc.nat({ max: algorithm.proofSize - 1 });
    fc.assert(
      fc.property(seeds, messages, place, fc.nat({ max: 255 }), (seed, alpha, at, byte) => {
        using key = keyOf(seed, algorithm);
        const verificationKey = key.deriveVerificationKey();
        const proof = key.prove(alpha);
        proof[at] = byte;
        expect(algorithm.outputOf(proof)).toEqual(oracle.outputOf(name, proof));
        expect(algorithm.verify(verificationKey, alpha, proof)).toEqual(
          oracle.verify(name, verificationKey, alpha, proof),
        );
      }),
      few,
    );
  });
});

test('signatures of extended keys are those of an independent implementation, and Ed25519 verifies them', () => {
  const half = fc.uint8Array({ minLength: 32, maxLength: 32 });
  fc.assert(
    fc.property(half, half, messages, (left, right, message) => {
      const extendedKey = Uint8Array.from([...left, ...right]);
      fc.pre(left.some((byte) => byte !== 0));
      const verificationKey = extendedOracle.deriveVerificationKey(extendedKey);
      const image = Uint8Array.from([...extendedKey, ...verificationKey, ...new Uint8Array(32)]);
      using key = extendedFrom(image);
      const signature = key.sign(message);
      expect(signature).toEqual(extendedOracle.sign(extendedKey, message));
      const x = Buffer.from(verificationKey).toString('base64url');
      const jwk = { kty: 'OKP', crv: 'Ed25519', x };
      expect(verify(null, message, createPublicKey({ key: jwk, format: 'jwk' }), signature)).toBe(
        true,
      );
    }),
    few,
  );
});
