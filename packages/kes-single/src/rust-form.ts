/** The serialised signing key of the Rust crate kes-summed-ed25519: the reference layout, then the period. */
import type { DirectSerialise, Pull, SizedType } from '@evolock/dsign-ed25519';
import { lend } from '@evolock/dsign-ed25519/unsound';
import { checkAlgorithm, checkSigningKey, levelOfDifference } from './composition.js';
import { KesPeriodError } from './errors.js';
import {
  kesReadOptionNames,
  type KesAlgorithm,
  type KesReadOptions,
  type KesShape,
  type KesSigningKey,
} from './kes-algorithm.js';

/** Bytes of the period after the key, unsigned and big endian. */
export const RUST_PERIOD_SIZE = 4;

/**
 * A signing key in the layout of kes-summed-ed25519, as a value that the helpers of DirectSerialise write: the reference
 * layout, then the period (4 bytes, unsigned, big endian).
 */
export function rustSigningKey(signingKey: KesSigningKey): DirectSerialise {
  checkSigningKey('signingKey', signingKey);
  return {
    directSerialise(push) {
      const period = new Uint8Array(RUST_PERIOD_SIZE);
      new DataView(period.buffer).setUint32(0, signingKey.period);
      signingKey.directSerialise(push);
      // The callback may have evolved or released the key.
      checkStated(unsigned32(period), signingKey);
      lend(period, push);
    },
  };
}

/**
 * The type by which the helpers of DirectSerialise read a signing key in the layout of kes-summed-ed25519. Its
 * `directDeserialise` throws what that of the algorithm throws, and {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when
 * the period after the key is not the key's.
 */
export function rustSigningKeyType<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
): SizedType<KesSigningKey<Shape>, KesReadOptions<Shape>> {
  checkAlgorithm('algorithm', algorithm);
  return Object.freeze({
    size: algorithm.signingKeySize + RUST_PERIOD_SIZE,
    optionNames: kesReadOptionNames,
    directDeserialise(pull: Pull, options?: KesReadOptions<Shape>) {
      const signingKey = algorithm.directDeserialise(pull, options);
      try {
        const period = new Uint8Array(RUST_PERIOD_SIZE);
        lend(period, pull);
        checkStated(unsigned32(period), signingKey);
      } catch (error) {
        signingKey.release();
        throw error;
      }
      return signingKey;
    },
  });
}

function checkStated(stated: number, { period, algorithm }: KesSigningKey): void {
  if (stated === period) return;
  throw new KesPeriodError(
    'the period after the key',
    stated,
    `the period of the key, ${String(period)}`,
    stated < algorithm.totalPeriods ? { level: 1 + levelOfDifference(stated, period) } : {},
  );
}

function unsigned32({ buffer, byteOffset }: Uint8Array): number {
  return new DataView(buffer, byteOffset).getUint32(0);
}
