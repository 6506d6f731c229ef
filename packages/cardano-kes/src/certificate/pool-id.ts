import { bech32 } from '@scure/base';
import { hexOf } from '../hex.js';

/** The identity of a stake pool in its two notations. */
export interface PoolId {
  /** 56 hexadecimal digits. */
  readonly hex: string;
  /** Bech32 with the prefix `pool`. */
  readonly bech32: string;
}

/** A hash of public bytes. */
export type Hash = (input: Uint8Array) => Uint8Array;

/**
 * The identity of the pool of a cold verification key: the Blake2b-224 hash of the key.
 *
 * Source: BIP 173; CIP-5.
 */
export function poolIdWith(blake2b224: Hash, coldVerificationKey: Uint8Array): PoolId {
  const id = blake2b224(coldVerificationKey);
  return { hex: hexOf(id), bech32: bech32.encodeFromBytes('pool', id) };
}
