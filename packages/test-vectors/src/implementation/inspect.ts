import { checkedObject, requireMethods } from '../arguments.js';
import { ArgumentError } from '../errors.js';
import type { AsyncImplementation } from './async-implementation.js';
import type { KesCheckedRead } from './implementation.js';

const DSIGN_METHODS = ['deriveVerificationKey', 'sign', 'verify'];

/**
 * Refuses what cannot be driven at all. What its methods do is looked at when they are called, and is told as a case
 * that failed.
 *
 * @throws ArgumentError with code `WRONG_ARGUMENT`.
 *
 * @internal
 */
export function checkImplementation(implementation: AsyncImplementation): void {
  // To be looked at, not to be called.
  const parts: Readonly<Partial<Record<keyof AsyncImplementation, unknown>>> = implementation;
  const { seed, dsign, kes } = checkedObject('implementation', parts);
  if (seed !== undefined) requireMethods('implementation.seed', seed, ['expand']);
  if (dsign !== undefined) requireMethods('implementation.dsign', dsign, DSIGN_METHODS);
  if (kes !== undefined && typeof kes !== 'function') {
    throw new ArgumentError('implementation.kes', 'a function');
  }
}

/**
 * Whether the errors about tampered keys name a level.
 *
 * @internal
 */
export function namesLevels(checkedRead: KesCheckedRead | undefined): boolean {
  return typeof checkedRead?.levelOf === 'function';
}

/**
 * The same implementation without what is deeper.
 *
 * @internal
 */
export function limitDepth(
  implementation: AsyncImplementation,
  maxDepth: number,
): AsyncImplementation {
  const { seed, dsign } = implementation;
  if (implementation.kes === undefined) return implementation;
  return {
    ...(seed === undefined ? {} : { seed }),
    ...(dsign === undefined ? {} : { dsign }),
    kes: (algorithm, depth) =>
      depth <= maxDepth ? implementation.kes?.(algorithm, depth) : undefined,
  };
}
