import { checkBytes } from '@evolock/direct-serialise/arguments';
import { ed25519 } from '@evolock/kes-sum';
import { bech32 } from '@scure/base';
import { blake2b224 } from './blake2b.js';

/** The identity of a stake pool, in both of its notations. */
export interface PoolId {
  /** 56 hexadecimal digits. */
  readonly hex: string;
  /** Bech32 with the prefix `pool`. */
  readonly bech32: string;
}

/**
 * The identity of the pool whose cold verification key it is: its Blake2b-224.
 *
 * @param coldVerificationKey - 32 bytes.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * Source: BIP 173; CIP-5.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { poolIdOf } from '@evolock/cardano-kes';
 *
 * const key = Buffer.from('8b53207629f9a30e4b2015044f337c01735abe67243c19470c9dae8c7b732798', 'hex');
 * const { hex, bech32 } = poolIdOf(key);
 * assert.equal(hex, '7f72a1826ae3b279782ab2bc582d0d2958de65bd86b2c4f82d8ba956');
 * assert.match(bech32, /^pool1/);
 * ```
 */
export function poolIdOf(coldVerificationKey: Uint8Array): PoolId {
  const key = checkBytes('coldVerificationKey', coldVerificationKey, ed25519.verificationKeySize);
  const id = blake2b224(key);
  return { hex: Buffer.from(id).toString('hex'), bech32: bech32.encodeFromBytes('pool', id) };
}
