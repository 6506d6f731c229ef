import {
  checkInteger,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkUnsigned64, type Slot } from './numbers.js';

/**
 * A moment at which the number of the slot is known, from which dates are counted. It is the first slot of the Shelley
 * era: before it, slots had another length or there were none.
 */
export interface SlotAnchor {
  /** The first slot of that length. */
  readonly slot: Slot;
  /** When it began, in milliseconds since 1970: what `Date.parse` returns. */
  readonly unixMilliseconds: number;
  /** Milliseconds of a slot from there on. */
  readonly slotMilliseconds: number;
  /** Milliseconds of a slot before it, in the Byron era; absent where the dates of earlier slots are not known. */
  readonly byronSlotMilliseconds?: number | undefined;
}

/** What a network says about KES. */
export interface KesParameters {
  /** A name, for people. */
  readonly name: string;
  /** Slots of a KES period. */
  readonly slotsPerKesPeriod: bigint;
  /** How many evolutions of a key the network accepts; Sum6 has 64, and both limits apply. */
  readonly maxKesEvolutions: number;
  /** From where dates are counted; without it there are none. */
  readonly anchor?: SlotAnchor | undefined;
}

/** What custom parameters are made of. */
export interface KesParametersInit {
  /** A name, for people; `custom` when absent. */
  readonly name?: string | undefined;
  readonly slotsPerKesPeriod: bigint | number;
  readonly maxKesEvolutions: number;
  readonly anchor?: SlotAnchor | undefined;
}

/** The furthest that a `Date` reaches, in milliseconds on either side of 1970. */
const MAX_DATE = 8_640_000_000_000_000;

/**
 * Parameters of a network that has no name here.
 *
 * @param init - At least one slot a period, and at least one evolution.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { kesParameters, periodOfSlot, slot } from '@evolock/cardano-kes';
 *
 * const devnet = kesParameters({ slotsPerKesPeriod: 86_400, maxKesEvolutions: 62 });
 * assert.equal(periodOfSlot(devnet, slot(86_400)), 1n);
 * ```
 */
export function kesParameters(init: KesParametersInit): KesParameters {
  const given = checkOptions(init as Partial<KesParametersInit> | undefined);
  const { name = 'custom', anchor } = given;
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  const slotsPerKesPeriod = checkUnsigned64('slotsPerKesPeriod', given.slotsPerKesPeriod);
  if (slotsPerKesPeriod === 0n) throw wrongValue('slotsPerKesPeriod', 'at least one slot', '0');
  const parameters = Object.freeze({
    name,
    slotsPerKesPeriod,
    maxKesEvolutions: checkCount('maxKesEvolutions', given.maxKesEvolutions),
    ...(anchor === undefined ? {} : { anchor: checkAnchor(anchor) }),
  });
  checked.add(parameters);
  return parameters;
}

/** What was looked at already, and is frozen: parameters are the same for every header of a long run. */
const checked = new WeakSet();

/**
 * Checks that a value is parameters, made here or by the caller.
 *
 * @internal
 */
export function checkParameters(value: unknown): KesParameters {
  if (typeof value !== 'object' || value === null)
    throw wrongType('parameters', 'KES parameters of a network', value);
  return checked.has(value) ? (value as KesParameters) : kesParameters(value as KesParameters);
}

function checkCount(argument: string, value: unknown): number {
  return checkInteger(argument, value, 1, Number.MAX_SAFE_INTEGER);
}

function checkAnchor(value: SlotAnchor): SlotAnchor {
  const { slot, unixMilliseconds, slotMilliseconds, byronSlotMilliseconds } =
    checkOptions<SlotAnchor>(value);
  return Object.freeze({
    slot: checkUnsigned64('anchor.slot', slot) as Slot,
    unixMilliseconds: checkInteger(
      'anchor.unixMilliseconds',
      unixMilliseconds,
      -MAX_DATE,
      MAX_DATE,
    ),
    slotMilliseconds: checkCount('anchor.slotMilliseconds', slotMilliseconds),
    ...(byronSlotMilliseconds === undefined
      ? {}
      : {
          byronSlotMilliseconds: checkCount('anchor.byronSlotMilliseconds', byronSlotMilliseconds),
        }),
  });
}
