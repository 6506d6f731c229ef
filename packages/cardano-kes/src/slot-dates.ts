/**
 * Between slots and dates. Slots had twenty seconds in the Byron era and have one since, so a date needs a slot whose
 * date is known; a Shelley genesis file alone has none on mainnet.
 */
import { types } from 'node:util';
import { wrongType } from '@evolock/direct-serialise/arguments';
import { EvolockError } from '@evolock/kes-sum';
import { checkParameters, type KesParameters, type SlotAnchor } from './kes-parameters.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type Slot } from './numbers.js';

const explanations = {
  'no-anchor':
    'no date is known for any slot of this network: give an anchor (a slot and when it began); a Shelley genesis file alone has none where there was a Byron era',
  byron: 'the slot lies in an era before the anchor, whose slots have another length',
  'before-start': 'the date lies before the first slot of the network',
  'out-of-range': 'the slot or the date lies further in the future than can be told',
} as const;

/** Why there is no date for a slot, or no slot for a date. */
export type NoDateReason = keyof typeof explanations;

/**
 * There is no date for a slot, or no slot for a date.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { dateOfSlot, kesParameters, slot } from '@evolock/cardano-kes';
 *
 * const devnet = kesParameters({ slotsPerKesPeriod: 86_400, maxKesEvolutions: 62 });
 * assert.throws(() => dateOfSlot(devnet, slot(0)), {
 *   code: 'ERR_EVOLOCK_CARDANO_NO_DATE',
 *   reason: 'no-anchor',
 * });
 * ```
 */
export class NoDateError extends EvolockError {
  readonly code = 'ERR_EVOLOCK_CARDANO_NO_DATE';
  /** Why. */
  readonly reason: NoDateReason;

  constructor(reason: NoDateReason) {
    super(explanations[reason]);
    this.reason = reason;
  }
}

/**
 * When a slot begins.
 *
 * @throws {@link NoDateError} `ERR_EVOLOCK_CARDANO_NO_DATE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { dateOfSlot, mainnet, slot } from '@evolock/cardano-kes';
 *
 * assert.equal(dateOfSlot(mainnet, slot(4_492_800)).toISOString(), '2020-07-29T21:44:51.000Z');
 * assert.equal(dateOfSlot(mainnet, slot(0)).toISOString(), '2017-09-23T21:44:51.000Z');
 * ```
 */
export function dateOfSlot(parameters: KesParameters, slot: Slot): Date {
  const anchor = anchorOf(parameters);
  const since = checkUnsigned64('slot', slot) - anchor.slot;
  const length = since < 0n ? anchor.byronSlotMilliseconds : anchor.slotMilliseconds;
  if (length === undefined) throw new NoDateError('byron');
  const date = new Date(Number(BigInt(anchor.unixMilliseconds) + since * BigInt(length)));
  if (Number.isNaN(date.getTime())) throw new NoDateError('out-of-range');
  return date;
}

/**
 * The slot in which a moment lies.
 *
 * @throws {@link NoDateError} `ERR_EVOLOCK_CARDANO_NO_DATE`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE` when it is no valid date.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { preview, slotOfDate } from '@evolock/cardano-kes';
 *
 * assert.equal(slotOfDate(preview, new Date('2022-10-25T00:01:00Z')), 60n);
 * ```
 */
export function slotOfDate(parameters: KesParameters, date: Date): Slot {
  const anchor = anchorOf(parameters);
  if (!types.isDate(date) || Number.isNaN(date.getTime()))
    throw wrongType('date', 'a valid Date', date);
  const since = BigInt(date.getTime()) - BigInt(anchor.unixMilliseconds);
  const slot =
    since < 0n ? byronSlot(anchor, -since) : anchor.slot + since / BigInt(anchor.slotMilliseconds);
  if (slot > MAX_UNSIGNED_64) throw new NoDateError('out-of-range');
  return slot as Slot;
}

/**
 * Whether slots of the network have dates.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { hasDates, mainnet } from '@evolock/cardano-kes';
 *
 * assert.equal(hasDates(mainnet), true);
 * ```
 */
export function hasDates(parameters: KesParameters): boolean {
  return checkParameters(parameters).anchor !== undefined;
}

function anchorOf(parameters: KesParameters): SlotAnchor {
  const { anchor } = checkParameters(parameters);
  if (anchor === undefined) throw new NoDateError('no-anchor');
  return anchor;
}

/** The slot so many milliseconds before the anchor: a moment within a slot belongs to it, so it is rounded away. */
function byronSlot({ slot, byronSlotMilliseconds }: SlotAnchor, before: bigint): bigint {
  if (byronSlotMilliseconds === undefined)
    throw new NoDateError(slot === 0n ? 'before-start' : 'byron');
  const length = BigInt(byronSlotMilliseconds);
  const slots = (before + length - 1n) / length;
  if (slots > slot) throw new NoDateError('before-start');
  return slot - slots;
}
