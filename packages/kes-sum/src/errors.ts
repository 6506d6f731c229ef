/** The errors of this package. */
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

/** The name of a value that was given as an algorithm, for an error message. */
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
 * A callback or a leaf scheme started another operation on a key of the same algorithm. That operation was done, and the one
 * that made the call is given up: it changed no key, and what it wrote or read is incomplete.
 */
export class KeyBusyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_BUSY';

  constructor() {
    super(
      'another operation on a key of this algorithm was started from within this one, which is given up: start it before ' +
        'or after',
    );
  }
}
