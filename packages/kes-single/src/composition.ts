/**
 * What an algorithm is made of, for the package that composes algorithms, and the checks that need it. Descriptions are
 * stored here and not in the algorithms: only algorithms of these packages have one.
 */
import { checkBytes, sameBytes, wrongType } from '@evolock/direct-serialise/arguments';
import {
  checkLocked,
  DuplicatePackageError,
  LockedValue,
  type LeafScheme,
} from '@evolock/dsign-ed25519';
import { KesPeriodError, OtherKeyError } from './errors.js';
import type { KesAlgorithm, KesSigningKey, KesVariant } from './kes-algorithm.js';

declare const PACKAGE_VERSION: string;

/** A key evolving scheme as a description: a leaf scheme, a number of levels, a variant. */
export interface KesComposition {
  readonly dsign: LeafScheme;
  readonly depth: number;
  readonly variant: KesVariant;
}

const compositions = new WeakMap<object, KesComposition>();

/** By this property, two copies of this package recognise each other's algorithms. Its value is the package version. */
const copyMark = Symbol.for('@evolock/kes-single/KesAlgorithm');

/**
 * Stores what an algorithm is made of, and freezes the algorithm. Only the constructors of kes-single and kes-sum call it.
 */
export function registerComposition<T extends object>(
  algorithm: T,
  composition: KesComposition,
): T {
  Object.defineProperty(algorithm, copyMark, { value: PACKAGE_VERSION });
  compositions.set(algorithm, Object.freeze(composition));
  return Object.freeze(algorithm);
}

/**
 * What an algorithm is made of; `undefined` for a value that is not an algorithm of these packages. Throws
 * `DuplicatePackageError` when another copy of the package made it.
 */
export function compositionOf(
  algorithm: unknown,
  argument = 'algorithm',
): KesComposition | undefined {
  if (typeof algorithm !== 'object' || algorithm === null) return undefined;
  const composition = compositions.get(algorithm);
  if (composition !== undefined) return composition;
  // An own property only: an object that inherits from an algorithm is not an algorithm.
  if (!Object.hasOwn(algorithm, copyMark)) return undefined;
  const theirs = String((algorithm as Record<symbol, unknown>)[copyMark]);
  throw new DuplicatePackageError('@evolock/kes-single', argument, PACKAGE_VERSION, theirs);
}

/** Checks that a value is an algorithm of these packages. */
export function checkAlgorithm(argument: string, value: unknown): void {
  if (compositionOf(value, argument) === undefined) {
    throw wrongType(argument, 'a KesAlgorithm of these packages', value);
  }
}

/** Checks that a value is a live signing key of an algorithm of these packages. */
export function checkSigningKey(argument: string, value: unknown): void {
  const expected = 'a KesSigningKey of these packages';
  const key = checkLocked(argument, value, LockedValue, expected);
  const { algorithm } = key as Partial<KesSigningKey>;
  if (compositionOf(algorithm, argument) === undefined) throw wrongType(argument, expected, value);
}

/**
 * Checks that a value is an integer. Any integer is accepted: whether the algorithm has that period is for the caller to
 * decide.
 */
export function checkPeriod(argument: string, value: unknown): number {
  if (!Number.isInteger(value)) throw wrongType(argument, 'an integer', value);
  return value as number;
}

/** Checks the argument of `updateTo`: a period from `now`, which is the key's, to `last`. */
export function checkTarget(value: unknown, now: number, last: number): number {
  const period = checkPeriod('period', value);
  if (period >= now && period <= last) return period;
  const code = period < now ? 'ERR_EVOLOCK_KES_PAST_PERIOD' : 'ERR_EVOLOCK_KES_EXPIRED';
  const expected = `a period from ${String(now)} to ${String(last)}`;
  throw new KesPeriodError('period', period, expected, { code });
}

/**
 * The highest level at which the paths to two different periods differ, 0 is the innermost. From the earlier period to the
 * later one, its half changes from left to right.
 */
export function levelOfDifference(one: number, other: number): number {
  return 31 - Math.clz32(one ^ other);
}

/**
 * Checks the verification key that a key has to have, before the key is read. Returns a check of the verification key of the key that was read,
 * which throws {@link OtherKeyError}.
 */
export function verificationKeyCheck(
  algorithm: Pick<KesAlgorithm, 'depth' | 'verificationKeySize'>,
  given: unknown,
): (verificationKey: Uint8Array) => void {
  if (given === undefined) return () => undefined;
  const { depth, verificationKeySize } = algorithm;
  // A copy: the callback that fills the blocks may have access to the given bytes.
  const expected = new Uint8Array(
    checkBytes('options.verificationKey', given, verificationKeySize),
  );
  return (actual) => {
    if (!sameBytes(expected, actual)) throw new OtherKeyError(depth);
  };
}
