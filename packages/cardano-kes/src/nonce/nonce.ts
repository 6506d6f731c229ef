/**
 * Nonces, and how blocks contribute to them. Public values: no key is involved.
 *
 * Source: `Nonce`, `mkSeed`, `mkNonceFromOutputVRF` of cardano-ledger; `vrfNonceValue` and `mkInputVRF` of
 * ouroboros-consensus-protocol.
 */
import type { Hash } from '../certificate/certificate.js';
import type { HeaderShape } from '../header/fields.js';

/** Bytes of a nonce. */
export const NONCE_SIZE = 32;

/** A nonce of 32 bytes, or the neutral one. */
export type Nonce = Uint8Array | undefined;

/** Joins two nonces: the hash of both, or the other one when one is neutral. */
export function joined(blake2b256: Hash, first: Uint8Array, second: Nonce): Uint8Array {
  return second === undefined ? first : blake2b256(concatenated(first, second));
}

/** The prefix of a nonce's output, in the hash that separates it from the leader's. */
const NONCE_PREFIX = new TextEncoder().encode('N');

/**
 * The contribution of a block to the nonce.
 *
 * @param blake2b256 - The hash function.
 * @param shape - The shape of the header.
 * @param output - The output of its VRF for the nonce.
 */
export function contributionOf(
  blake2b256: Hash,
  shape: HeaderShape,
  output: Uint8Array,
): Uint8Array {
  if (shape === 'TPraos') return blake2b256(output);
  return blake2b256(blake2b256(concatenated(NONCE_PREFIX, output)));
}

/** What a VRF result of a TPraos header is for. A Praos header has one result for both. */
export type VrfRole = 'nonce' | 'leader';

/** The numbers whose hashes make the messages of the two roles different. */
const ROLES: Readonly<Record<VrfRole, bigint>> = { nonce: 0n, leader: 1n };

/**
 * The message that a block producer proves with its VRF key for a slot.
 *
 * @param blake2b256 - The hash function.
 * @param slot - The slot of the block.
 * @param epochNonce - 32 bytes.
 * @param role - The role of the result in a TPraos header; `undefined` for a Praos header.
 */
export function alphaOf(
  blake2b256: Hash,
  slot: bigint,
  epochNonce: Uint8Array,
  role: VrfRole | undefined,
): Uint8Array {
  const seed = blake2b256(concatenated(bytesOf(slot), epochNonce));
  if (role === undefined) return seed;
  const mask = blake2b256(bytesOf(ROLES[role]));
  return seed.map((byte, index) => byte ^ (mask[index] ?? 0));
}

/** Eight bytes, big endian. */
function bytesOf(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value);
  return bytes;
}

function concatenated(first: Uint8Array, second: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(first.byteLength + second.byteLength);
  bytes.set(first);
  bytes.set(second, first.byteLength);
  return bytes;
}
