/**
 * Verification, as cardano-base judges a proof (`crypto_vrf_ietfdraft03_verify`, `crypto_vrf_ietfdraft13_verify_batchcompat`).
 *
 * The reference multiplies by −c modulo the order of the main subgroup, as a number below it. For a point with a torsion
 * part this differs from minus c times the point, and decides which proofs are valid.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import {
  add,
  isCanonicalScalar,
  isPoint,
  multiply,
  multiplyBase,
  multiplyKey,
  negate,
  POINT_SIZE,
  timesCofactor,
} from './curve.js';
import type { Announcements, Suite } from './suite/drafts.js';

/** A proof with its key and its message. Sizes are checked. */
export interface Claim {
  readonly verificationKey: Uint8Array;
  readonly alpha: Uint8Array;
  readonly proof: Uint8Array;
}

/** Verifies a proof. Returns the output, 64 bytes; `undefined` when the proof is not valid. */
export function verifyProof(suite: Suite, claim: Claim): Uint8Array | undefined {
  if (!isCanonicalScalar(responseOf(claim.proof))) return undefined;
  return isValid(suite, claim) ? suite.output(timesCofactor(gammaOf(claim.proof))) : undefined;
}

/** The output, 64 bytes, of a proof that was verified before; `undefined` when the bytes are no proof of any message. */
export function outputOfProof(suite: Suite, proof: Uint8Array): Uint8Array | undefined {
  const gamma = gammaOf(proof);
  if (!isCanonicalScalar(responseOf(proof)) || !isPoint(gamma)) return undefined;
  return suite.output(timesCofactor(gamma));
}

function gammaOf(proof: Uint8Array): Uint8Array {
  return proof.subarray(0, POINT_SIZE);
}

function responseOf(proof: Uint8Array): Uint8Array {
  return proof.subarray(proof.length - POINT_SIZE);
}

function isValid(suite: Suite, { verificationKey, alpha, proof }: Claim): boolean {
  const hashed = suite.hashToCurve(verificationKey, alpha);
  const gamma = gammaOf(proof);
  const challengeFor = (announcements: Announcements): Uint8Array =>
    suite.challenge(verificationKey, hashed, gamma, announcements);
  const stated = suite.decode(proof);
  const challenge = 'challenge' in stated ? stated.challenge : challengeFor(stated.announcements);
  const computed = announcementsOf({ verificationKey, hashed, proof, challenge });
  if (computed === undefined) return false;
  if ('challenge' in stated) return sameBytes(challengeFor(computed), challenge);
  const { u, v } = stated.announcements;
  return sameBytes(u, computed.u) && sameBytes(v, computed.v);
}

/** What the announcements are computed from. */
interface Equations {
  readonly verificationKey: Uint8Array;
  readonly hashed: Uint8Array;
  readonly proof: Uint8Array;
  readonly challenge: Uint8Array;
}

/** U = s·B − c·Y and V = s·H − c·Γ. Returns `undefined` when Y or Γ is refused. */
function announcementsOf({
  verificationKey,
  hashed,
  proof,
  challenge,
}: Equations): Announcements | undefined {
  const response = responseOf(proof);
  const negative = negate(challenge);
  const key = multiplyKey(negative, verificationKey);
  if (key === undefined) return undefined;
  const gamma = multiply(negative, gammaOf(proof));
  const base = multiply(response, hashed);
  if (gamma === undefined || base === undefined) return undefined;
  return { u: add(multiplyBase(response), key), v: add(base, gamma) };
}
