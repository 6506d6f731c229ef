/**
 * The VRF proofs of a header, with the nonce of its epoch. Whether the pool was allowed to make a block in the slot needs its
 * share of the stake, which no header states.
 *
 * Source: the rules OVERLAY of the Shelley ledger and `doValidateVRFSignature` of ouroboros-consensus-protocol, Praos.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Hash } from '../certificate/certificate.js';
import { alphaOf, type VrfRole } from '../nonce/nonce.js';
import type { BlockHeader } from './parse.js';

/** A failure of a VRF result. */
export interface VrfFailure {
  readonly code: 'vrf-proof' | 'vrf-output';
  /** For people. */
  readonly message: string;
}

/** Verifies a proof of `praosVrf`. Returns its output; `undefined` when it is not valid. */
export type VerifyVrf = (
  verificationKey: Uint8Array,
  alpha: Uint8Array,
  proof: Uint8Array,
) => Uint8Array | undefined;

/** The cryptography of VRF results. */
export interface VrfCryptography {
  readonly blake2b256: Hash;
  readonly verifyVrf: VerifyVrf;
}

/** The results of each shape: a Praos header has one, for both roles. */
const ROLES = { TPraos: ['nonce', 'leader'], Praos: [undefined] } as const;

/**
 * Verifies the VRF results of a header.
 *
 * @param header - The header.
 * @param epochNonce - The nonce of its epoch, 32 bytes.
 * @param cryptography - The hash and verify functions.
 * @returns All failures.
 */
export function vrfFailures(
  header: BlockHeader,
  epochNonce: Uint8Array,
  cryptography: VrfCryptography,
): readonly VrfFailure[] {
  return ROLES[header.shape]
    .map((role) => failureOf(header, role, epochNonce, cryptography))
    .filter((failure) => failure !== undefined);
}

function failureOf(
  { slot, vrf, vrfVerificationKey }: BlockHeader,
  role: VrfRole | undefined,
  epochNonce: Uint8Array,
  { blake2b256, verifyVrf }: VrfCryptography,
): VrfFailure | undefined {
  const { output, proof } = vrf[role ?? 'nonce'];
  const alpha = alphaOf(blake2b256, slot, epochNonce, role);
  const proved = verifyVrf(vrfVerificationKey, alpha, proof);
  const name = role === undefined ? 'VRF' : `${role} VRF`;
  if (proved === undefined) {
    const message = `the proof of the ${name} is not valid for the slot and the nonce of the epoch: the nonce is that of another epoch, or the proof is wrong`;
    return { code: 'vrf-proof', message };
  }
  return sameBytes(proved, output)
    ? undefined
    : { code: 'vrf-output', message: `the output of the ${name} is not that of its proof` };
}
