/**
 * Ed25519 with an extended key, in scratch memory: kL is the scalar, kR is hashed with the message to the nonce. Source:
 * BIP32-Ed25519 (Khovratovich, Law), section V. The signatures are those of RFC 8032.
 */
import { copyCall, sodium } from '@evolock/mlocked-seed/unsound';
import { POINT_SIZE, sha512 } from '../curve.js';
import { inScratch, type ScalarScratch } from '../scalar-scratch.js';

const { curve } = sodium;

/** Bytes of a serialised key: kL ‖ kR ‖ verification key ‖ chain code. */
export const EXTENDED_KEY_SIZE = 128;

/** Places in a key. */
const LEFT = 0;
const RIGHT = POINT_SIZE;
const VERIFICATION_KEY = 2 * POINT_SIZE;

const ZERO = new Uint8Array(POINT_SIZE);

function part(memory: Uint8Array, offset: number): Uint8Array {
  return memory.subarray(offset, offset + POINT_SIZE);
}

/** Puts kL, modulo the order, in scratch memory. */
function loadScalar(scratch: ScalarScratch, memory: Uint8Array): void {
  scratch.run([
    copyCall(scratch.wide, part(memory, LEFT)),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, scratch.scalar, scratch.wide),
  ]);
}

/** The verification key that a key states. */
export function statedKey(memory: Uint8Array): Uint8Array {
  return part(memory, VERIFICATION_KEY);
}

/**
 * Derives the verification key kL · B of the locked memory of a key into 32 bytes. Returns whether it is a key: kL is no
 * multiple of the order.
 */
export function deriveKey(verificationKey: Uint8Array, memory: Uint8Array): boolean {
  return inScratch((scratch) => {
    loadScalar(scratch, memory);
    if (sodium.sodium_memcmp(scratch.scalar, ZERO)) return false;
    scratch.run([
      curve.crypto_scalarmult_ed25519_base_noclamp.bind(undefined, verificationKey, scratch.scalar),
    ]);
    return true;
  });
}

/** Signs a message with the locked memory of a key and its verification key: 64 bytes. */
export function signExtended(
  memory: Uint8Array,
  verificationKey: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  return inScratch((scratch) => {
    const commitment = announceNonce(scratch, memory, message);
    const challenge = new Uint8Array(POINT_SIZE);
    const digest = sha512(commitment, verificationKey, message);
    curve.crypto_core_ed25519_scalar_reduce(challenge, digest);
    loadScalar(scratch, memory);
    const signature = new Uint8Array(2 * POINT_SIZE);
    signature.set(commitment);
    signature.set(scratch.respond(challenge), POINT_SIZE);
    return signature;
  });
}

/** Puts the nonce in scratch memory, and returns its multiple of the base point. The hash has its state in scratch memory. */
function announceNonce(
  scratch: ScalarScratch,
  memory: Uint8Array,
  message: Uint8Array,
): Uint8Array {
  const commitment = new Uint8Array(POINT_SIZE);
  const { state, prefix, wide, nonce } = scratch;
  scratch.run([
    copyCall(prefix, part(memory, RIGHT)),
    curve.crypto_hash_sha512_init.bind(undefined, state),
    curve.crypto_hash_sha512_update.bind(undefined, state, prefix),
    curve.crypto_hash_sha512_update.bind(undefined, state, message),
    curve.crypto_hash_sha512_final.bind(undefined, state, wide),
    curve.crypto_core_ed25519_scalar_reduce.bind(undefined, nonce, wide),
    curve.crypto_scalarmult_ed25519_base_noclamp.bind(undefined, commitment, nonce),
  ]);
  wide.fill(0);
  return commitment;
}
