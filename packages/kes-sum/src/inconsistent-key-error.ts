import { EvolockError } from '@evolock/kes-single';

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
