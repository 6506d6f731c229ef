/**
 * Forms of a serialised signing key that carry its period: our own for hand-over between processes, and that of the
 * Rust implementation. The reference layout has none; see `directSerialise` of a key.
 */
import { checkFunction, checkOptions, ownOption } from '@evolock/direct-serialise/arguments';
import {
  blake2b256,
  EvolockError,
  type DirectDeserialise,
  type DirectSerialise,
  type Pull,
} from '@evolock/dsign-ed25519';
import { lendBlock } from '@evolock/dsign-ed25519/unsound';
import { checkAlgorithm, checkSigningKey } from './composition.js';
import type { KesAlgorithm, KesReadOptions, KesShape, KesSigningKey } from './kes-algorithm.js';
import { KesPeriodError } from './period-error.js';
import { levelOfDifference } from './period.js';

/** What the header of a versioned signing key says wrongly. */
export type KeyFormProblem = 'magic' | 'version' | 'reserved' | 'algorithm';

/**
 * What was read is no versioned signing key, or one of another version or algorithm.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
 * import { ed25519, singleKes, versionedSigningKeyType } from '@evolock/kes-single';
 *
 * const type = versionedSigningKeyType(singleKes(ed25519));
 * assert.throws(() => directDeserialiseBufChecked(new Uint8Array(type.size), type), {
 *   code: 'ERR_EVOLOCK_KES_FORM',
 *   problem: 'magic',
 * });
 * ```
 */
export class KeyFormError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_FORM';
  /** The part of the header that is wrong. */
  readonly problem: KeyFormProblem;

  constructor(problem: KeyFormProblem, expected: string) {
    super(
      `this is no versioned signing key that can be read here: ${problem}, expected ${expected}`,
    );
    this.problem = problem;
  }
}

/** A type of signing key that a helper reads, and its size in bytes. */
export interface SizedKeyType<Shape extends KesShape> extends DirectDeserialise<
  KesSigningKey<Shape>,
  KesReadOptions<Shape['name']>
> {
  readonly size: number;
}

const MAGIC = new TextEncoder().encode('evok');
const VERSION = 1;
const TAG_OFFSET = 8;
const TAG_SIZE = 8;
const PERIOD_OFFSET = 16;

/** Bytes before the key in its versioned form. */
export const VERSIONED_HEADER_SIZE = 20;

/** Bytes behind the key in the Rust layout: its period. */
export const RUST_PERIOD_SIZE = 4;

/**
 * A signing key in its versioned form, as a value that a helper writes: a header of 20 bytes, then the reference
 * layout. The header: `evok` (4 bytes), version 1 (1), zeros (3), the first 8 bytes of Blake2b-256 of the algorithm's
 * name in UTF-8 (8), the period as unsigned big endian (4).
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * Source: `docs/KES_DIRECT_SERIALISE.md`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBufChecked, directSerialiseBufChecked } from '@evolock/direct-serialise';
 * import { ed25519, MLockedSeed, singleKes, versionedSigningKey, versionedSigningKeyType } from '@evolock/kes-single';
 *
 * const type = versionedSigningKeyType(singleKes(ed25519));
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = singleKes(ed25519).generateKey(seed);
 * const buffer = new Uint8Array(type.size); // locked memory, in earnest
 * directSerialiseBufChecked(buffer, versionedSigningKey(signingKey));
 * const copy = directDeserialiseBufChecked(buffer, type);
 * assert.equal(copy.period, signingKey.period);
 * for (const one of [seed, signingKey, copy]) one.release();
 * ```
 */
export function versionedSigningKey(signingKey: KesSigningKey): DirectSerialise {
  checkSigningKey('signingKey', signingKey);
  return {
    directSerialise(push) {
      checkFunction('push', push);
      const { period } = signingKey;
      lendBlock(push, headerOf(signingKey.algorithm, period));
      // The callback may have moved the key on, and the header would lie.
      checkStated(period, signingKey);
      signingKey.directSerialise(push);
    },
  };
}

/**
 * The type by which a helper reads a signing key in its versioned form. The period that the header states has to be
 * the one at which the key stands.
 *
 * Its `directDeserialise` throws {@link KeyFormError} `ERR_EVOLOCK_KES_FORM`, {@link KesPeriodError}
 * `ERR_EVOLOCK_KES_PERIOD`, and what the algorithm's own throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes, versionedSigningKeyType } from '@evolock/kes-single';
 *
 * assert.equal(versionedSigningKeyType(singleKes(ed25519)).size, 52);
 * ```
 */
export function versionedSigningKeyType<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
): SizedKeyType<Shape> {
  checkAlgorithm('algorithm', algorithm);
  return Object.freeze({
    size: VERSIONED_HEADER_SIZE + algorithm.signingKeySize,
    directDeserialise(pull: Pull, options?: KesReadOptions<Shape['name']>) {
      checkFunction('pull', pull);
      const header = new Uint8Array(VERSIONED_HEADER_SIZE);
      lendBlock(pull, header);
      checkHeader(header, headerOf(algorithm, 0), algorithm.name);
      const period = unsigned32(header, PERIOD_OFFSET);
      try {
        return algorithm.directDeserialise(pull, askedFor(options, period));
      } catch (error) {
        throw ownOption(options, 'period') === undefined ? ofHeader(error) : error;
      }
    },
  });
}

/**
 * A signing key in the layout of the Rust crate kes-summed-ed25519, as a value that a helper writes: the reference
 * layout, then the period as unsigned big endian (4 bytes).
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseBufChecked } from '@evolock/direct-serialise';
 * import { ed25519, MLockedSeed, rustSigningKey, singleKes } from '@evolock/kes-single';
 *
 * const seed = MLockedSeed.newRandom(32);
 * const signingKey = singleKes(ed25519).generateKey(seed);
 * const buffer = new Uint8Array(36); // locked memory, in earnest
 * directSerialiseBufChecked(buffer, rustSigningKey(signingKey));
 * assert.deepEqual(buffer.subarray(32), new Uint8Array(4));
 * signingKey.release();
 * seed.release();
 * ```
 */
export function rustSigningKey(signingKey: KesSigningKey): DirectSerialise {
  checkSigningKey('signingKey', signingKey);
  return {
    directSerialise(push) {
      const period = new Uint8Array(RUST_PERIOD_SIZE);
      new DataView(period.buffer).setUint32(0, signingKey.period);
      signingKey.directSerialise(push);
      checkStated(unsigned32(period, 0), signingKey);
      lendBlock(push, period);
    },
  };
}

/**
 * The type by which a helper reads a signing key in the layout of the Rust crate. The period behind it has to be the
 * one at which the key stands.
 *
 * Its `directDeserialise` throws {@link KesPeriodError} `ERR_EVOLOCK_KES_PERIOD` when it is not, and wipes the key; and
 * what the algorithm's own throws.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, rustSigningKeyType, singleKes } from '@evolock/kes-single';
 *
 * assert.equal(rustSigningKeyType(singleKes(ed25519)).size, 36);
 * ```
 */
export function rustSigningKeyType<Shape extends KesShape>(
  algorithm: KesAlgorithm<Shape>,
): SizedKeyType<Shape> {
  checkAlgorithm('algorithm', algorithm);
  return Object.freeze({
    size: algorithm.signingKeySize + RUST_PERIOD_SIZE,
    directDeserialise(pull: Pull, options?: KesReadOptions<Shape['name']>) {
      const signingKey = algorithm.directDeserialise(pull, options);
      try {
        const period = new Uint8Array(RUST_PERIOD_SIZE);
        lendBlock(pull, period);
        checkStated(unsigned32(period, 0), signingKey);
      } catch (error) {
        signingKey.release();
        throw error;
      }
      return signingKey;
    },
  });
}

/** What an error calls the period that stands in a form. */
const STATED = 'the stated period';

function headerOf(algorithm: KesAlgorithm, period: number): Uint8Array {
  const header = new Uint8Array(VERSIONED_HEADER_SIZE);
  header.set(MAGIC);
  header[MAGIC.byteLength] = VERSION;
  const tag = blake2b256(new TextEncoder().encode(algorithm.name)).subarray(0, TAG_SIZE);
  header.set(tag, TAG_OFFSET);
  new DataView(header.buffer).setUint32(PERIOD_OFFSET, period);
  return header;
}

function checkHeader(header: Uint8Array, expected: Uint8Array, name: string): void {
  const differs = (start: number, end: number) =>
    header.subarray(start, end).some((byte, index) => byte !== expected[start + index]);
  if (differs(0, 4)) throw new KeyFormError('magic', 'the four letters evok');
  if (differs(4, 5)) throw new KeyFormError('version', String(VERSION));
  if (differs(5, TAG_OFFSET)) throw new KeyFormError('reserved', 'three zeros');
  if (differs(TAG_OFFSET, PERIOD_OFFSET)) throw new KeyFormError('algorithm', name);
}

/** The options of a reader, with the period that the header states. */
function askedFor<Name extends string>(
  options: KesReadOptions<Name> | undefined,
  stated: number,
): KesReadOptions<Name> {
  const given = checkOptions(options);
  const { period } = given;
  if (period !== undefined && period !== stated) {
    throw new KesPeriodError(
      'options.period',
      period,
      `the period that the key states, ${String(stated)}`,
    );
  }
  return { ...given, period: stated };
}

/** The period that a key was held against was the header's, and no option of the caller's. */
function ofHeader(error: unknown): unknown {
  if (!(error instanceof KesPeriodError)) return error;
  return new KesPeriodError(STATED, error.period, error.expected, error.level);
}

function checkStated(stated: number, { period, algorithm }: KesSigningKey): void {
  if (stated === period) return;
  throw new KesPeriodError(
    STATED,
    stated,
    `the period of the key, ${String(period)}`,
    stated < algorithm.totalPeriods ? levelOfDifference(stated, period) : undefined,
  );
}

function unsigned32(bytes: Uint8Array, offset: number): number {
  return new DataView(bytes.buffer, bytes.byteOffset).getUint32(offset);
}
