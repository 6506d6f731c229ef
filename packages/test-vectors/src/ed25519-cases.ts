import type { AsyncDsignImplementation } from './async-implementation.js';
import { plan, type CasePlan } from './case-plan.js';
import {
  ed25519Vectors,
  type Ed25519NegativeVector,
  type Ed25519PositiveVector,
} from './ed25519-vectors.js';
import { expectBytes, expectVerdict } from './expect.js';
import { wait } from './steps.js';

const file = 'ed25519.json';

function signingCase(
  implementation: AsyncDsignImplementation,
  vector: Ed25519PositiveVector,
): CasePlan {
  const location = { file, entry: vector.name };
  return plan('ed25519 signing', vector.name, location, function* () {
    expectBytes(
      'VERIFICATION_KEY_MISMATCH',
      location,
      'the verification key',
      yield* wait(implementation.deriveVerificationKey(vector.seed.slice())),
      vector.verificationKey,
    );
    expectBytes(
      'SIGNATURE_MISMATCH',
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
 * Ed25519 signs as the vectors have it and verifies by libsodium's rule.
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
