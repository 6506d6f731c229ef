/**
 * The verification key that a signing key has to have when it is read: what a reader knows from elsewhere, and the one
 * thing that vouches for a left half that is past at the outermost level.
 */
import { checkBytes, checkOptions } from '@evolock/direct-serialise/arguments';
import { EvolockError } from '@evolock/dsign-ed25519';
import type { KesAlgorithm, KesReadOptions } from './kes-algorithm.js';

/**
 * A signing key that was read has another verification key than `options.verificationKey`: it is another key, or the
 * past half of its outermost level was changed, which nothing in the key itself would show. Nothing of it is left in
 * memory.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { directDeserialiseBufChecked } from '@evolock/direct-serialise';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 *
 * const verificationKey = new Uint8Array(32);
 * const bytes = new Uint8Array(32).fill(7); // the signing key of another
 * assert.throws(() => directDeserialiseBufChecked(bytes, singleKes(ed25519), { verificationKey }), {
 *   code: 'ERR_EVOLOCK_KES_OTHER_KEY',
 *   level: 0,
 * });
 * ```
 */
export class OtherKeyError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_KES_OTHER_KEY';
  /** The outermost level, whose halves the verification key is made of: the depth of the algorithm. */
  readonly level: number;

  constructor(level: number) {
    super(
      'the signing key has another verification key than options.verificationKey: it is another key, or the past half ' +
        `of its outermost level, ${String(level)}, was changed`,
    );
    this.level = level;
  }
}

/**
 * Takes the verification key that is expected from the options of reading, before anything is read.
 *
 * @returns A check to be made of the verification key that came out; it throws {@link OtherKeyError}.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`; `ERR_EVOLOCK_ARGUMENT_VALUE` for another size.
 *
 * @internal
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { ed25519, singleKes } from '@evolock/kes-single';
 * import { verificationKeyCheck } from '@evolock/kes-single/composition';
 *
 * const check = verificationKeyCheck(singleKes(ed25519), { verificationKey: new Uint8Array(32) });
 * check(new Uint8Array(32));
 * assert.throws(() => check(new Uint8Array(32).fill(1)), { code: 'ERR_EVOLOCK_KES_OTHER_KEY' });
 * ```
 */
export function verificationKeyCheck(
  algorithm: Pick<KesAlgorithm, 'depth' | 'verificationKeySize'>,
  options: KesReadOptions | undefined,
): (verificationKey: Uint8Array) => void {
  const { verificationKey: given } = checkOptions(options);
  if (given === undefined) return () => undefined;
  const { depth, verificationKeySize } = algorithm;
  // A copy: the callback that fills the blocks may hold the same bytes.
  const expected = new Uint8Array(
    checkBytes('options.verificationKey', given, verificationKeySize),
  );
  return (actual) => {
    if (expected.some((byte, index) => byte !== actual[index])) throw new OtherKeyError(depth);
  };
}
