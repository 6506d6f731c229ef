/**
 * The base of every error that an evolock package throws on purpose.
 *
 * Two copies of a package in one process have two base classes, so decide by `code`, which is stable
 * across versions and copies, rather than by `instanceof`. No message ever holds a secret.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directSerialiseBuf, EvolockError } from '@evolock/direct-serialise';
 *
 * const value = { directSerialise: (push: (block: Uint8Array) => void) => push(new Uint8Array(33)) };
 * try {
 *   directSerialiseBuf(new Uint8Array(32), value);
 * } catch (error) {
 *   assert(error instanceof EvolockError);
 *   assert.equal(error.code, 'ERR_EVOLOCK_SIZE_CHECK');
 * }
 * ```
 */
export abstract class EvolockError extends Error {
  /** What went wrong, for programs: stable across versions. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    // An own property would be enumerable and printed twice; the prototype's `name` is what inspect expects.
    Object.defineProperty(this, 'name', { value: new.target.name, configurable: true });
  }
}
