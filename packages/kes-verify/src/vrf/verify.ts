/**
 * Verification, as cardano-base judges a proof (`crypto_vrf_ietfdraft03_verify`, `crypto_vrf_ietfdraft13_verify_batchcompat`).
 *
 * The reference multiplies by −c modulo the order of the main subgroup, as a number below it. For a point with a torsion
 * part this differs from minus c times the point, and decides which proofs are valid.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { multiplyBase, ORDER, POINT_SIZE, pointOf, readNumber, type CurvePoint } from '../curve.js';
import type { Announcements, Suite } from './drafts.js';

/** A proof with what it is about. Sizes are checked. */
export interface Claim {
  readonly verificationKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
}

/** The points and the scalar of a proof. */
interface Equations {
  readonly key: CurvePoint;
  readonly hashed: CurvePoint;
  readonly gamma: CurvePoint;
  readonly response: bigint;
}

/** Verifies a proof. Returns the output, 64 bytes; `undefined` when the proof is not valid. */
export function verifyProof(suite: Suite, claim: Claim): Uint8Array | undefined {
  const { verificationKey, alpha, proof } = claim;
  const parts = partsOf(proof);
  const key = pointOf(verificationKey);
  if (parts === undefined || key === undefined || key.isSmallOrder()) return undefined;
  const hashed = suite.hashToCurve(verificationKey, alpha);
  return isValid(suite, claim, { ...parts, key, hashed })
    ? outputOf(suite, parts.gamma)
    : undefined;
}

/** The output, 64 bytes, of a proof that was verified before; `undefined` when the bytes are no proof of any message. */
export function outputOfProof(suite: Suite, proof: Uint8Array): Uint8Array | undefined {
  const parts = partsOf(proof);
  return parts && outputOf(suite, parts.gamma);
}

function outputOf(suite: Suite, gamma: CurvePoint): Uint8Array {
  return suite.output(gamma.clearCofactor().toBytes());
}

/** Returns `undefined` when Γ is no point, or the response is not below the order. */
function partsOf(proof: Uint8Array): Pick<Equations, 'gamma' | 'response'> | undefined {
  const response = readNumber(proof.subarray(proof.length - POINT_SIZE));
  const gamma = response < ORDER ? pointOf(proof.subarray(0, POINT_SIZE)) : undefined;
  return gamma && { gamma, response };
}

function isValid(suite: Suite, { verificationKey, proof }: Claim, equations: Equations): boolean {
  const hashed = equations.hashed.toBytes();
  const gamma = proof.subarray(0, POINT_SIZE);
  const challengeFor = (announcements: Announcements): bigint =>
    suite.challenge({ verificationKey, hashed, gamma, ...announcements });
  const stated = suite.decode(proof);
  if ('challenge' in stated) {
    return challengeFor(announcementsOf(equations, stated.challenge)) === stated.challenge;
  }
  const { u, v } = announcementsOf(equations, challengeFor(stated));
  return sameBytes(u, stated.u) && sameBytes(v, stated.v);
}

/** U = s·B − c·Y and V = s·H − c·Γ. */
function announcementsOf(
  { key, hashed, gamma, response }: Equations,
  challenge: bigint,
): Announcements {
  const negative = (ORDER - challenge) % ORDER;
  return {
    u: multiplyBase(response).add(key.multiplyUnsafe(negative)).toBytes(),
    v: hashed.multiplyUnsafe(response).add(gamma.multiplyUnsafe(negative)).toBytes(),
  };
}
