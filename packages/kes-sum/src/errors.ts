/** The errors of this package, and the codes of all errors that it and the packages below throw. */
import { EvolockError } from '@evolock/kes-single';

/**
 * An algorithm cannot be composed: it is not an algorithm of these packages, it is of the other variant, its seeds do not
 * have 32 bytes, or it has the greatest depth.
 */
export class CompositionError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_COMPOSITION';

  constructor(constructor: string, inner: string, why: string) {
    super(`${constructor} does not accept ${inner}: ${why}`);
  }
}

/**
 * The name of a value that was given as an algorithm, for an error message.
 *
 * @internal
 */
export function nameOf(inner: unknown): string {
  if (typeof inner !== 'object' || inner === null)
    return `a value of type ${inner === null ? 'null' : typeof inner}`;
  try {
    const { name } = inner as { name?: unknown };
    return typeof name === 'string' && name.length <= 100 ? name : 'an object without a name';
  } catch {
    // A getter or a proxy that throws.
    return 'an object without a name';
  }
}

/**
 * A signing key is not consistent: it holds a verification key that does not follow from its secrets or from the level
 * below. It was damaged or changed. What was read is wiped.
 */
export class InconsistentKeyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_INCONSISTENT_KEY';
  /** The level of the wrong verification key, 1 (next to the leaf) to the depth (next to the root). */
  readonly level: number;
  /** The half of that level whose verification key is wrong. */
  readonly half: 'left' | 'right';

  constructor(level: number, half: 'left' | 'right') {
    super(
      `the signing key is not consistent: the verification key of the ${half} half at level ${String(level)} does not ` +
        'follow from its secrets',
    );
    this.level = level;
    this.half = half;
  }
}

/**
 * A key cannot evolve while its own serialisation lends a block, or a callback or a leaf scheme ended the operation that
 * called it by starting another one. All keys are unchanged.
 */
export class KeyBusyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_BUSY';

  constructor(options?: ErrorOptions) {
    super(
      'this key is being serialised, or another operation was started from within this one: finish the first one before',
      options,
    );
  }
}

const codes = [
  'ERR_EVOLOCK_ARGUMENT_TYPE',
  'ERR_EVOLOCK_ARGUMENT_VALUE',
  'ERR_EVOLOCK_DUPLICATE_PACKAGE',
  'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF',
  'ERR_EVOLOCK_KES_BUSY',
  'ERR_EVOLOCK_KES_COMPOSITION',
  'ERR_EVOLOCK_KES_INCONSISTENT_KEY',
  'ERR_EVOLOCK_KES_LAST_PERIOD',
  'ERR_EVOLOCK_KES_OTHER_KEY',
  'ERR_EVOLOCK_KES_PERIOD',
  'ERR_EVOLOCK_LOCK_LIMIT',
  'ERR_EVOLOCK_LOCK_POLICY',
  'ERR_EVOLOCK_MEMORY_REFUSED',
  'ERR_EVOLOCK_MEMORY_TRANSFERRED',
  'ERR_EVOLOCK_PROTOCOL',
  'ERR_EVOLOCK_REGION_LIMIT',
  'ERR_EVOLOCK_RELEASED',
  'ERR_EVOLOCK_SIZE_CHECK',
  'ERR_EVOLOCK_SODIUM_UNAVAILABLE',
  'ERR_EVOLOCK_VIEW_ESCAPE',
] as const;

const known: ReadonlySet<unknown> = new Set(codes);

/** The code of every error that this package and those below it throw. */
export type KesErrorCode = (typeof codes)[number];

/** An error of this package or of one below it, also of another copy of the package. */
export type KesError = Error & { readonly code: KesErrorCode };

/**
 * Whether an error comes from this package or from one below it, by its code.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isKesError, MLockedSeed } from '@evolock/kes-sum';
 *
 * try {
 *   MLockedSeed.newRandom(8);
 * } catch (error) {
 *   assert(isKesError(error) && error.code === 'ERR_EVOLOCK_ARGUMENT_VALUE');
 * }
 * ```
 */
export function isKesError(error: unknown): error is KesError {
  return error instanceof Error && known.has((error as Partial<KesError>).code);
}
