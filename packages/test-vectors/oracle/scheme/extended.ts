/** Ed25519 with an extended key (BIP32-Ed25519, as Cardano has it): kL is the scalar, kR the prefix of the nonce. */
import { ed25519 } from '@noble/curves/ed25519.js';
import { sha512 } from '@noble/hashes/sha2.js';
import { concatBytes } from '@noble/hashes/utils.js';
import { challenge, GROUP_ORDER, readScalar, writeScalar } from './ed25519.js';

const { Point } = ed25519;

function scalarOf(extendedKey: Uint8Array): bigint {
  return readScalar(extendedKey.slice(0, 32)) % GROUP_ORDER;
}

/** The verification key (32 bytes) of kL ‖ kR (64 bytes). */
export function deriveVerificationKey(extendedKey: Uint8Array): Uint8Array {
  return Point.BASE.multiply(scalarOf(extendedKey)).toBytes();
}

/** The signature (64 bytes) of a message under kL ‖ kR (64 bytes). */
export function sign(extendedKey: Uint8Array, message: Uint8Array): Uint8Array {
  const nonce = readScalar(sha512(concatBytes(extendedKey.slice(32), message))) % GROUP_ORDER;
  const commitment = Point.BASE.multiply(nonce).toBytes();
  const factor = challenge(commitment, deriveVerificationKey(extendedKey), message);
  const response = (nonce + factor * scalarOf(extendedKey)) % GROUP_ORDER;
  return concatBytes(commitment, writeScalar(response));
}
