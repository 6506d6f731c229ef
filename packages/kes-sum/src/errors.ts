import { EvolockError } from '@evolock/kes-single';

/**
 * An algorithm that cannot be composed: it was not made by the constructors of these packages, is of the other
 * variant, has seeds of another size than the 32 bytes that an expansion yields, or is as deep as can be.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { compactSingleKes, ed25519, sumKes } from '@evolock/kes-sum';
 *
 * assert.throws(
 *   // @ts-expect-error -- the compiler refuses it as well
 *   () => sumKes(compactSingleKes(ed25519)),
 *   { code: 'ERR_EVOLOCK_KES_COMPOSITION' },
 * );
 * ```
 */
export class CompositionError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_COMPOSITION';

  constructor(constructor: string, inner: string, why: string) {
    super(`${constructor} does not accept ${inner}: ${why}`);
  }
}

/**
 * What to call a value that was given as an algorithm.
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
    // A getter or a proxy that throws: it has no name that could be told.
    return 'an object without a name';
  }
}

/**
 * A signing key contradicts itself: a verification key that it carries is not the one that its secrets, or the level
 * below, lead to. It was damaged or tampered with; nothing of it is left in memory after a read.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { InconsistentKeyError } from '@evolock/kes-sum';
 *
 * assert.equal(new InconsistentKeyError(1, 'left').level, 1);
 * ```
 */
export class InconsistentKeyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_INCONSISTENT_KEY';
  /** The level that disagrees, 1 (next to the leaf) to the depth (next to the root). */
  readonly level: number;
  /** The half of that level whose verification key is wrong. */
  readonly half: 'left' | 'right';

  constructor(level: number, half: 'left' | 'right') {
    super(
      `the signing key contradicts itself: the verification key of the ${half} half at level ${String(level)} is not ` +
        'the one that its secrets lead to',
    );
    this.level = level;
    this.half = half;
  }
}

const codes = [
  'ERR_EVOLOCK_ALLOCATION_REFUSED',
  'ERR_EVOLOCK_ARGUMENT_TYPE',
  'ERR_EVOLOCK_ARGUMENT_VALUE',
  'ERR_EVOLOCK_CBOR',
  'ERR_EVOLOCK_DUPLICATE_PACKAGE',
  'ERR_EVOLOCK_KES_ASYNCHRONOUS_LEAF',
  'ERR_EVOLOCK_KES_BUSY',
  'ERR_EVOLOCK_KES_COMPOSITION',
  'ERR_EVOLOCK_KES_FORM',
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

/** An error of this package or of one below it, of whichever copy of the package. */
export type KesError = Error & { readonly code: KesErrorCode };

/**
 * Whether an error comes from this package or from one below it, decided by its code.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isKesError, MLockedSeed } from '@evolock/kes-sum';
 *
 * try {
 *   MLockedSeed.newRandom(8);
 * } catch (error) {
 *   if (!isKesError(error)) throw error;
 *   assert.equal(error.code, 'ERR_EVOLOCK_ARGUMENT_VALUE');
 * }
 * ```
 */
export function isKesError(error: unknown): error is KesError {
  return error instanceof Error && known.has((error as Partial<KesError>).code);
}
