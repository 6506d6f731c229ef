import type {
  AsyncExtendedImplementation,
  AsyncVrfImplementation,
} from '../implementation/async-implementation.js';
import type { VectorLocation } from '../errors.js';
import { extendedKeyVectors } from '../vectors/extended.js';
import {
  type VrfAlgorithmName,
  type VrfProofVector,
  type VrfVerdictVector,
  vrfVectors,
} from '../vectors/vrf.js';
import { type CasePlan, plan } from './case.js';
import { expectBytes, expectVerdict } from './expect.js';
import { wait } from './steps.js';

const file = 'vrf.json';

/** The output of a proof is as expected. */
function expectOutput(
  location: VectorLocation,
  actual: Uint8Array | undefined,
  expected: Uint8Array | undefined,
): void {
  expectVerdict(location, 'the proof', actual !== undefined, expected !== undefined);
  if (actual === undefined || expected === undefined) return;
  expectBytes('ERR_EVOLOCK_OUTPUT_MISMATCH', location, 'the output', actual, expected);
}

function provingCase(vrf: AsyncVrfImplementation, vector: VrfProofVector): CasePlan {
  const name = `${vector.algorithm}: ${vector.name}`;
  const location = { file, entry: name };
  return plan('vrf proving', name, location, function* () {
    expectBytes(
      'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH',
      location,
      'the verification key',
      yield* wait(vrf.deriveVerificationKey(vector.seed.slice())),
      vector.verificationKey,
    );
    const proof = yield* wait(vrf.prove(vector.seed.slice(), vector.alpha));
    expectBytes('ERR_EVOLOCK_PROOF_MISMATCH', location, 'the proof', proof, vector.proof);
    expectOutput(location, yield* wait(vrf.outputOf(vector.proof)), vector.output);
  });
}

function verdictCase(
  vrf: AsyncVrfImplementation,
  vector: Omit<VrfVerdictVector, 'why'>,
  name: string,
): CasePlan {
  const location = { file, entry: name };
  return plan('vrf verification', name, location, function* () {
    const { verificationKey, alpha, proof, output } = vector;
    expectOutput(location, yield* wait(vrf.verify(verificationKey, alpha, proof)), output);
  });
}

/**
 * Proofs and outputs are those of the vectors, and proofs are judged as by cardano-base.
 *
 * @internal
 */
export function vrfCases(vrf: AsyncVrfImplementation, algorithm: VrfAlgorithmName): CasePlan[] {
  const { proofs, verdicts } = vrfVectors();
  const mine = proofs.filter((vector) => vector.algorithm === algorithm);
  return [
    ...mine.map((vector) => provingCase(vrf, vector)),
    ...mine.map((vector) => verdictCase(vrf, vector, `${algorithm} accepts: ${vector.name}`)),
    ...verdicts
      .filter((vector) => vector.algorithm === algorithm)
      .map((vector) => {
        const verb = vector.output === undefined ? 'refuses' : 'accepts';
        return verdictCase(vrf, vector, `${algorithm} ${verb}: ${vector.why}`);
      }),
  ];
}

/**
 * Signatures of extended keys are those of the vectors.
 *
 * @internal
 */
export function extendedCases(extended: AsyncExtendedImplementation): CasePlan[] {
  return extendedKeyVectors().map((vector) => {
    const location = { file: 'ed25519-extended.json', entry: vector.name };
    return plan('ed25519 extended signing', vector.name, location, function* () {
      expectBytes(
        'ERR_EVOLOCK_VERIFICATION_KEY_MISMATCH',
        location,
        'the verification key',
        yield* wait(extended.deriveVerificationKey(vector.extendedKey.slice())),
        vector.verificationKey,
      );
      expectBytes(
        'ERR_EVOLOCK_SIGNATURE_MISMATCH',
        location,
        'the signature',
        yield* wait(extended.sign(vector.extendedKey.slice(), vector.message)),
        vector.signature,
      );
    });
  });
}
