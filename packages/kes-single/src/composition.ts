/**
 * What a key evolving scheme is made of, for the package that composes them. Descriptions are kept here, apart from
 * the algorithms, so that only what our constructors made has one.
 *
 * @module
 */
import { DuplicatePackageError, LockedValue, checkLocked } from '@evolock/dsign-ed25519';
import { wrongType } from '@evolock/direct-serialise/arguments';
import type { KesSigningKey, KesVariant } from './kes-algorithm.js';
import type { LeafScheme } from './leaf-scheme.js';
import { version } from './version.js';

export { verificationKeyCheck } from './expected-verification-key.js';
export { keptLevelsOf } from './kept-levels.js';
export { checkDsign, type LeafScheme } from './leaf-scheme.js';
export { checkPeriod, levelOfDifference } from './period.js';

/** A key evolving scheme as a description: a leaf scheme, a number of levels, a variant. */
export interface KesComposition {
  readonly dsign: LeafScheme;
  readonly depth: number;
  readonly variant: KesVariant;
}

const compositions = new WeakMap<object, KesComposition>();

/** What two copies of this package know each other's algorithms by. */
const copyMark = Symbol.for('@evolock/kes-single/KesAlgorithm');

/**
 * Remembers what an algorithm is made of, and freezes it. Only the constructors of kes-single and kes-sum call it.
 *
 * @internal
 */
export function registerComposition<T extends object>(
  algorithm: T,
  composition: KesComposition,
): T {
  Object.defineProperty(algorithm, copyMark, { value: version });
  compositions.set(algorithm, Object.freeze(composition));
  return Object.freeze(algorithm);
}

/**
 * What an algorithm is made of; `undefined` for anything that our constructors did not make.
 *
 * @throws {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE` when another copy of the package made it.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { compositionOf } from '@evolock/kes-single/composition';
 *
 * assert.equal(compositionOf(singleKes(ed25519))?.depth, 0);
 * assert.equal(compositionOf({}), undefined);
 * ```
 */
export function compositionOf(
  algorithm: unknown,
  argument = 'algorithm',
): KesComposition | undefined {
  if (typeof algorithm !== 'object' || algorithm === null) return undefined;
  const composition = compositions.get(algorithm);
  if (composition !== undefined) return composition;
  const theirs = markOf(algorithm);
  if (typeof theirs === 'string')
    throw new DuplicatePackageError('@evolock/kes-single', argument, version, theirs);
  return undefined;
}

function markOf(value: object): unknown {
  try {
    // What merely inherits from one of ours is no algorithm of another copy.
    return Object.hasOwn(value, copyMark)
      ? (value as Record<symbol, unknown>)[copyMark]
      : undefined;
  } catch {
    // A proxy that throws is nobody's algorithm.
    return undefined;
  }
}

/**
 * Checks that a value is an algorithm that our constructors made.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, {@link DuplicatePackageError}
 * `ERR_EVOLOCK_DUPLICATE_PACKAGE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkAlgorithm } from '@evolock/kes-single/composition';
 *
 * assert.throws(() => checkAlgorithm('algorithm', {}), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * ```
 */
export function checkAlgorithm(argument: string, value: unknown): void {
  if (compositionOf(value, argument) === undefined) {
    throw wrongType(argument, 'a KesAlgorithm of these packages', value);
  }
}

/**
 * Checks that a value is a live signing key of an algorithm that our constructors made.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, {@link ReleasedError} `ERR_EVOLOCK_RELEASED`,
 * {@link DuplicatePackageError} `ERR_EVOLOCK_DUPLICATE_PACKAGE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { checkSigningKey } from '@evolock/kes-single/composition';
 *
 * assert.throws(() => checkSigningKey('signingKey', {}), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' });
 * ```
 */
export function checkSigningKey(argument: string, value: unknown): void {
  const expected = 'a KesSigningKey of these packages';
  const key = checkLocked(argument, value, LockedValue, expected);
  const { algorithm } = key as Partial<KesSigningKey>;
  if (compositionOf(algorithm, argument) === undefined) throw wrongType(argument, expected, value);
}
