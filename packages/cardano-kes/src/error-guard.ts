import { isKesError } from '@evolock/kes-sum';
import { OWN_CODES, type CardanoKesErrorCode } from './errors.js';

const own: ReadonlySet<unknown> = new Set(OWN_CODES);

/**
 * Whether a thrown value is an error that this package throws on purpose. Compares codes, so errors of another copy of the
 * package are recognised too.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isCardanoKesError, readCounter } from '@evolock/cardano-kes';
 *
 * try {
 *   readCounter('no-such.counter');
 * } catch (error) {
 *   assert(isCardanoKesError(error) && error.code === 'ERR_EVOLOCK_IO_FILE');
 * }
 * ```
 */
export function isCardanoKesError(
  error: unknown,
): error is Error & { readonly code: CardanoKesErrorCode } {
  return (
    isKesError(error) || (error instanceof Error && own.has((error as { code?: unknown }).code))
  );
}
