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
