/** The steps of a VRF that a forger of proofs needs, from the sources of kes-verify. */
import { concatBytes } from '@noble/hashes/utils.js';
import type { VrfAlgorithmName } from '@evolock/test-vectors';
import { draft03 } from '../../../packages/kes-verify/src/vrf/draft-03.js';
import { draft13 } from '../../../packages/kes-verify/src/vrf/draft-13.js';
import type { Transcript } from '../../../packages/kes-verify/src/vrf/suite.js';
import { type CurvePoint, Point, writeScalar } from './curve.js';

const SUITES = { PraosVRF: draft03, PraosBatchCompatVRF: draft13 } as const;

/** The point that a message is hashed to. */
export function hashToCurve(
  name: VrfAlgorithmName,
  verificationKey: Uint8Array,
  alpha: Uint8Array,
): CurvePoint {
  return Point.fromBytes(SUITES[name].hashToCurve(verificationKey, alpha).toBytes());
}

/** The challenge: a number of 16 bytes. */
export function vrfChallenge(name: VrfAlgorithmName, transcript: Transcript): bigint {
  return SUITES[name].challenge(transcript);
}

/** The proof of its parts: Γ ‖ c ‖ s, or Γ ‖ U ‖ V ‖ s. */
export function encodeProof(
  name: VrfAlgorithmName,
  { gamma, u, v }: Transcript,
  challenge: bigint,
  response: bigint,
): Uint8Array {
  const middle = name === 'PraosVRF' ? [writeScalar(challenge).subarray(0, 16)] : [u, v];
  return concatBytes(gamma, ...middle, writeScalar(response));
}
