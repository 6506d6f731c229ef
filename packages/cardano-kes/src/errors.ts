/** The codes of this package, and of the files that it writes. */
const OWN = [
  'ERR_EVOLOCK_IO_FILE',
  'ERR_EVOLOCK_CARDANO_COUNTER',
  'ERR_EVOLOCK_CARDANO_ENVELOPE',
  'ERR_EVOLOCK_CARDANO_HEADER',
  'ERR_EVOLOCK_CARDANO_NO_DATE',
  'ERR_EVOLOCK_CARDANO_PARAMETERS',
  'ERR_EVOLOCK_CARDANO_SPENT_NUMBER',
] as const;

/** The codes of kes-sum and of the packages below it, which are passed on. */
const PASSED_ON = [
  'ERR_EVOLOCK_ARGUMENT_TYPE',
  'ERR_EVOLOCK_ARGUMENT_VALUE',
  'ERR_EVOLOCK_CBOR',
  'ERR_EVOLOCK_DUPLICATE_PACKAGE',
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
  'ERR_EVOLOCK_PROTOCOL',
  'ERR_EVOLOCK_REGION_LIMIT',
  'ERR_EVOLOCK_RELEASED',
  'ERR_EVOLOCK_SIZE_CHECK',
  'ERR_EVOLOCK_SODIUM_UNAVAILABLE',
  'ERR_EVOLOCK_VIEW_ESCAPE',
] as const;

/** The code of every error that this package throws on purpose: its own, and those of the packages below. */
export type CardanoKesErrorCode = (typeof OWN)[number] | (typeof PASSED_ON)[number];

const codes: ReadonlySet<unknown> = new Set([...OWN, ...PASSED_ON]);

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
  return error instanceof Error && codes.has((error as { code?: unknown }).code);
}
