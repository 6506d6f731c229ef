/**
 * The VRF proofs of a header, with the nonce of its epoch. Whether the pool was allowed to make a block in the slot needs its
 * share of the stake, which no header states.
 *
 * Source: the rules OVERLAY of the Shelley ledger and `doValidateVRFSignature` of ouroboros-consensus-protocol, Praos;
 * `mkSeed` of cardano-ledger and `mkInputVRF` of ouroboros-consensus-protocol.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Hash } from '../certificate/certificate.js';
import type { BlockHeader, HeaderCryptography } from './parse.js';

/** Bytes of a nonce. */
export const NONCE_SIZE = 32;

/** What a VRF result of a TPraos header is for. A Praos header has one result for both. */
type VrfRole = 'nonce' | 'leader';

/** The numbers whose hashes make the messages of the two roles different. */
const NUMBERS: Readonly<Record<VrfRole, bigint>> = { nonce: 0n, leader: 1n };

/** The message that a block producer proves with its VRF key for a slot. Only results of a TPraos header have a role. */
export function alphaOf(
  blake2b256: Hash,
  slot: bigint,
  epochNonce: Uint8Array,
  role: VrfRole | undefined,
): Uint8Array {
  const seed = blake2b256(concatenated(bytesOf(slot), epochNonce));
  if (role === undefined) return seed;
  const mask = blake2b256(bytesOf(NUMBERS[role]));
  return seed.map((byte, index) => byte ^ (mask[index] ?? 0));
}

function bytesOf(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

/** Two arrays as one. */
export function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.byteLength + second.byteLength);
  bytes.set(first);
  bytes.set(second, first.byteLength);
  return bytes;
}

/** A failure of a VRF result. */
export interface VrfFailure {
  readonly code: 'vrf-proof' | 'vrf-output';
  readonly message: string;
}

/** The results of a header. From Praos on it has one, for both roles. */
const ROLES = { TPraos: ['nonce', 'leader'], Praos: [undefined] } as const;

/** All failures of the VRF results of a header, by the nonce of its epoch. */
export function vrfFailures(
  header: BlockHeader,
  epochNonce: Uint8Array,
  cryptography: HeaderCryptography,
): readonly VrfFailure[] {
  return ROLES[header.shape === 'TPraos' ? 'TPraos' : 'Praos']
    .map((role) => failureOf(header, role, epochNonce, cryptography))
    .filter((failure) => failure !== undefined);
}

function failureOf(
  { slot, vrf, vrfVerificationKey }: BlockHeader,
  role: VrfRole | undefined,
  epochNonce: Uint8Array,
  { blake2b256, praosVrf }: HeaderCryptography,
): VrfFailure | undefined {
  const { output, proof } = vrf[role ?? 'nonce'];
  const alpha = alphaOf(blake2b256, slot, epochNonce, role);
  const proved = praosVrf.verify(vrfVerificationKey, alpha, proof);
  const name = role === undefined ? 'VRF' : `${role} VRF`;
  if (proved === undefined) {
    const message = `the proof of the ${name} is not valid for the slot and the nonce of the epoch: the nonce is that of another epoch, or the proof is wrong`;
    return { code: 'vrf-proof', message };
  }
  return sameBytes(proved, output)
    ? undefined
    : { code: 'vrf-output', message: `the output of the ${name} is not that of its proof` };
}
