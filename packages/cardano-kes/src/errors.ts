import { isKesError, type KesErrorCode } from '@evolock/kes-sum';

/** The codes of this package, and of the files that it writes. */
const OWN = [
  'ERR_EVOLOCK_IO_FILE',
  'ERR_EVOLOCK_CARDANO_COUNTER',
  'ERR_EVOLOCK_CARDANO_ENVELOPE',
  'ERR_EVOLOCK_CARDANO_HEADER',
  'ERR_EVOLOCK_CARDANO_NO_DATE',
  'ERR_EVOLOCK_CARDANO_PARAMETERS',
  'ERR_EVOLOCK_CARDANO_RESERVED_NUMBER',
  'ERR_EVOLOCK_CARDANO_SPENT_NUMBER',
] as const;

/** The code of every error that this package throws on purpose: its own, and those of kes-sum and of the packages below it. */
export type CardanoKesErrorCode = (typeof OWN)[number] | KesErrorCode;

const own: ReadonlySet<unknown> = new Set(OWN);

/**
 * Whether something that was thrown is an error that this package throws on purpose. Decides by the code, so it holds for
 * the errors of another copy of the package too.
 *
 * @param error - What was thrown.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { isCardanoKesError, readKesSigningKey } from '@evolock/cardano-kes';
 *
 * try {
 *   readKesSigningKey('no-such.skey').signingKey.release();
 * } catch (error) {
 *   if (!isCardanoKesError(error)) throw error;
 *   // The compiler knows every code: one that is misspelt does not compile.
 *   assert.equal(error.code satisfies string, 'ERR_EVOLOCK_IO_FILE');
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
