import type {
  AsyncDsignImplementation,
  AsyncSeedImplementation,
} from '../implementation/async-implementation.js';
import {
  type Ed25519NegativeVector,
  type Ed25519PositiveVector,
  ed25519Vectors,
  seedExpansionVectors,
} from '../vectors/primitives.js';
import { type CasePlan, plan } from './case.js';
import { expectBytes, expectVerdict } from './expect.js';
import { wait } from './steps.js';

/**
 * Every seed expands into the halves of the vectors.
 *
 * @internal
 */
export function seedCases(implementation: AsyncSeedImplementation): CasePlan[] {
  return seedExpansionVectors().map((vector) => {
    const location = { file: 'seed-expansion.json', entry: vector.name };
    return plan('seed expansion', vector.name, location, function* () {
      const { left, right } = yield* wait(implementation.expand(vector.seed.slice()));
      expectBytes('ERR_EVOLOCK_EXPANSION_MISMATCH', location, 'the left seed', left, vector.left);
      expectBytes(
        'ERR_EVOLOCK_EXPANSION_MISMATCH',
        location,
        'the right seed',
        right,
        vector.right,
      );
    });
  });
}

const file = 'ed25519.json';

function signingCase(
  implementation: AsyncDsignImplementation,
  vector: Ed25519PositiveVector,
): CasePlan {
  const location = { file, entry: vector.name };
  return plan('ed25519 signing', vector.name, location, function* () {
    expectBytes(
      'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH',
      location,
      'the verification key',
      yield* wait(implementation.deriveVerificationKey(vector.seed.slice())),
      vector.verificationKey,
    );
    expectBytes(
      'ERR_EVOLOCK_SIGNATURE_MISMATCH',
      location,
      'the signature',
      yield* wait(implementation.sign(vector.seed.slice(), vector.message)),
      vector.signature,
    );
  });
}

function acceptanceCase(
  implementation: AsyncDsignImplementation,
  vector: Ed25519PositiveVector,
): CasePlan {
  const location = { file, entry: vector.name };
  return plan('ed25519 verification', `accepts: ${vector.name}`, location, function* () {
    const { verificationKey, message, signature } = vector;
    const verdict = yield* wait(implementation.verify(verificationKey, message, signature));
    expectVerdict(location, 'the signature', verdict, true);
  });
}

function rejectionCase(
  implementation: AsyncDsignImplementation,
  vector: Ed25519NegativeVector,
): CasePlan {
  const location = { file, entry: vector.why };
  return plan('ed25519 verification', `rejects: ${vector.why}`, location, function* () {
    const { verificationKey, message, signature } = vector;
    const verdict = yield* wait(implementation.verify(verificationKey, message, signature));
    expectVerdict(location, 'the signature', verdict, false);
  });
}

/**
 * Signatures of Ed25519 are those of the vectors, and verification follows the rule of libsodium.
 *
 * @internal
 */
export function ed25519Cases(implementation: AsyncDsignImplementation): CasePlan[] {
  const { positives, negatives } = ed25519Vectors();
  return [
    ...positives.map((vector) => signingCase(implementation, vector)),
    ...positives.map((vector) => acceptanceCase(implementation, vector)),
    ...negatives.map((vector) => rejectionCase(implementation, vector)),
  ];
}
