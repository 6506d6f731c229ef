import { checkedObject, requireMethods } from '../arguments.js';
import { ArgumentError } from '../errors.js';
import type { AsyncImplementation } from './async-implementation.js';
import type { KesCheckedRead } from './implementation.js';

const DSIGN_METHODS = ['deriveVerificationKey', 'sign', 'verify'];

/**
 * Throws when the runner cannot call the implementation. A method that misbehaves later is a failed case.
 *
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT`.
 *
 * @internal
 */
export function checkImplementation(implementation: AsyncImplementation): void {
  // The parts are inspected, not called.
  const parts: Readonly<Partial<Record<keyof AsyncImplementation, unknown>>> = implementation;
  const given = checkedObject('implementation', parts);
  const { verifiesOnly, seed, dsign, extended, vrf, kes } = given;
  if (verifiesOnly !== undefined && typeof verifiesOnly !== 'boolean') {
    throw new ArgumentError('implementation.verifiesOnly', 'true or false');
  }
  if (seed !== undefined) requireMethods('implementation.seed', seed, ['expand']);
  if (dsign !== undefined) {
    const methods = verifiesOnly === true ? ['verify'] : DSIGN_METHODS;
    requireMethods('implementation.dsign', dsign, methods);
  }
  if (extended !== undefined) {
    requireMethods('implementation.extended', extended, ['deriveVerificationKey', 'sign']);
  }
  requireFunction('implementation.vrf', vrf);
  requireFunction('implementation.kes', kes);
}

function requireFunction(argument: string, value: unknown): void {
  if (value !== undefined && typeof value !== 'function')
    throw new ArgumentError(argument, 'a function');
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
 * The same implementation without the algorithms above a depth.
 *
 * @internal
 */
export function limitDepth(
  implementation: AsyncImplementation,
  maxDepth: number,
): AsyncImplementation {
  const { verifiesOnly, seed, dsign, extended } = implementation;
  if (implementation.kes === undefined) return implementation;
  return {
    ...(verifiesOnly === undefined ? {} : { verifiesOnly }),
    ...(seed === undefined ? {} : { seed }),
    ...(dsign === undefined ? {} : { dsign }),
    ...(extended === undefined ? {} : { extended }),
    vrf: (algorithm) => implementation.vrf?.(algorithm),
    kes: (algorithm, depth) =>
      depth <= maxDepth ? implementation.kes?.(algorithm, depth) : undefined,
  };
}
