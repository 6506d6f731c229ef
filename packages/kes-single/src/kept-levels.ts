import { checkInteger, checkOptions } from '@evolock/direct-serialise/arguments';
import type { KesKeyOptions } from './kes-algorithm.js';

/**
 * How many levels of a key's tree of verification keys the options say that it keeps: all when they do not say.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @internal
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { keptLevelsOf } from '@evolock/kes-single/composition';
 *
 * assert.equal(keptLevelsOf(6, undefined), 6);
 * assert.equal(keptLevelsOf(6, { keptLevels: 2 }), 2);
 * assert.equal(keptLevelsOf(6, { keptLevels: 100 }), 6);
 * ```
 */
export function keptLevelsOf(depth: number, options: KesKeyOptions | undefined): number {
  const { keptLevels = depth } = checkOptions(options);
  checkInteger('options.keptLevels', keptLevels, 0, Number.MAX_SAFE_INTEGER);
  return Math.min(depth, keptLevels);
}
