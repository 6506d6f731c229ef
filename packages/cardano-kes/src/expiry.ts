import { evolutionLimit, firstSlotOfPeriod } from './kes-period.js';
import type { KesParameters } from './kes-parameters.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type AbsolutePeriod, type Slot } from './numbers.js';
import { dateOfSlot, NoDateError } from './slot-dates.js';

/** When a certificate ends: the first period, slot and moment at which it is **not** valid any more. */
export interface Expiry {
  /** Nothing when it lies behind the last period that 64 bits can count. */
  readonly period: AbsolutePeriod | undefined;
  /** Nothing when it lies behind the last slot that 64 bits can count. */
  readonly slot: Slot | undefined;
  /** Nothing when the network has no anchor, or the date is further away than can be told. */
  readonly date: Date | undefined;
}

/**
 * When a certificate of a start period expires.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, expiryOf, preview } from '@evolock/cardano-kes';
 *
 * const { period, slot, date } = expiryOf(preview, absolutePeriod(0));
 * assert.deepEqual([period, slot], [62n, 8_035_200n]);
 * assert.equal(date?.toISOString(), '2023-01-26T00:00:00.000Z');
 * ```
 */
export function expiryOf(parameters: KesParameters, startPeriod: AbsolutePeriod): Expiry {
  const { evolutions } = evolutionLimit(parameters);
  const period = checkUnsigned64('startPeriod', startPeriod) + BigInt(evolutions);
  if (period > MAX_UNSIGNED_64) return { period: undefined, slot: undefined, date: undefined };
  const slot = firstSlotOfPeriod(parameters, period as AbsolutePeriod);
  return {
    period: period as AbsolutePeriod,
    slot,
    date: slot === undefined ? undefined : dateIfKnown(parameters, slot),
  };
}

function dateIfKnown(parameters: KesParameters, slot: Slot): Date | undefined {
  try {
    return dateOfSlot(parameters, slot);
  } catch (error) {
    if (error instanceof NoDateError) return undefined;
    throw error;
  }
}
