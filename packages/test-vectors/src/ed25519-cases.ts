import { conformanceCase, type ConformanceCase } from './conformance-case.js';
import {
  ed25519Vectors,
  type Ed25519NegativeVector,
  type Ed25519PositiveVector,
} from './ed25519-vectors.js';
import { expectBytes, expectVerdict } from './expect.js';
import type { DsignImplementation } from './implementation.js';

const file = 'ed25519.json';

function signingCase(
  implementation: DsignImplementation,
  vector: Ed25519PositiveVector,
): ConformanceCase {
  const location = { file, entry: vector.name };
  return conformanceCase('ed25519 signing', vector.name, location, () => {
    expectBytes(
      'VERIFICATION_KEY_MISMATCH',
      location,
      'the verification key',
      implementation.deriveVerificationKey(vector.seed.slice()),
      vector.verificationKey,
    );
    expectBytes(
      'SIGNATURE_MISMATCH',
      location,
      'the signature',
      implementation.sign(vector.seed.slice(), vector.message),
      vector.signature,
    );
  });
}

function acceptanceCase(
  implementation: DsignImplementation,
  vector: Ed25519PositiveVector,
): ConformanceCase {
  const location = { file, entry: vector.name };
  return conformanceCase('ed25519 verification', `accepts: ${vector.name}`, location, () => {
    const { verificationKey, message, signature } = vector;
    const verdict = implementation.verify(verificationKey, message, signature);
    expectVerdict(location, 'the signature', verdict, true);
  });
}

function rejectionCase(
  implementation: DsignImplementation,
  vector: Ed25519NegativeVector,
): ConformanceCase {
  const location = { file, entry: vector.why };
  return conformanceCase('ed25519 verification', `rejects: ${vector.why}`, location, () => {
    const { verificationKey, message, signature } = vector;
    const verdict = implementation.verify(verificationKey, message, signature);
    expectVerdict(location, 'the signature', verdict, false);
  });
}

/**
 * Ed25519 signs as the vectors have it and verifies by libsodium's rule.
 *
 * @internal
 */
export function ed25519Cases(implementation: DsignImplementation): ConformanceCase[] {
  const { positives, negatives } = ed25519Vectors();
  return [
    ...positives.map((vector) => signingCase(implementation, vector)),
    ...positives.map((vector) => acceptanceCase(implementation, vector)),
    ...negatives.map((vector) => rejectionCase(implementation, vector)),
  ];
}
