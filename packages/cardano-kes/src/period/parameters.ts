import {
  checkInteger,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkUnsigned64, type Slot } from './numbers.js';

/**
 * A slot whose beginning is known, from which dates are counted: the first slot of the Shelley era. Earlier slots had
 * another length or did not exist.
 */
export interface SlotAnchor {
  /** The first slot of the Shelley era. */
  readonly slot: Slot;
  /** The beginning of that slot, in milliseconds since 1970: what `Date.parse` returns. */
  readonly unixMilliseconds: number;
  /** Milliseconds of that slot and of each later slot. */
  readonly slotMilliseconds: number;
  /** Milliseconds of a slot of the Byron era; absent when the dates of earlier slots are unknown. */
  readonly byronSlotMilliseconds?: number | undefined;
}

/** The parameters of a network for KES. */
export interface KesParameters {
  /** A name, for people. */
  readonly name: string;
  /** Slots of a KES period. */
  readonly slotsPerKesPeriod: bigint;
  /** Evolutions of a key that the network accepts. Sum6 has 64 evolutions, and both limits apply. */
  readonly maxKesEvolutions: number;
  /** From where dates are counted; when absent, slots have no dates. */
  readonly anchor?: SlotAnchor | undefined;
  /**
   * The first slot of the Babbage era: from there on headers have 10 fields, before 15. When absent, the shape of a header is
   * not compared with its slot.
   */
  readonly babbageSlot?: bigint | undefined;
}

/** The arguments of {@link kesParameters}. */
export interface KesParametersInit {
  /** A name, for people; `custom` when absent. */
  readonly name?: string | undefined;
  readonly slotsPerKesPeriod: bigint | number;
  readonly maxKesEvolutions: number;
  readonly anchor?: SlotAnchor | undefined;
  readonly babbageSlot?: bigint | number | undefined;
}

/** The largest time of a `Date`, in milliseconds before or after 1970. */
const MAX_DATE = 8_640_000_000_000_000;

/**
 * Makes the parameters of a network.
 *
 * @param init - At least one slot per period, and at least one evolution.
 */
export function kesParameters(init: KesParametersInit): KesParameters {
  const given = checkOptions(init as Partial<KesParametersInit> | undefined);
  const { name = 'custom', anchor, babbageSlot } = given;
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  const slotsPerKesPeriod = checkUnsigned64('slotsPerKesPeriod', given.slotsPerKesPeriod);
  if (slotsPerKesPeriod === 0n) throw wrongValue('slotsPerKesPeriod', 'at least one slot', '0');
  const parameters = Object.freeze({
    name,
    slotsPerKesPeriod,
    maxKesEvolutions: checkCount('maxKesEvolutions', given.maxKesEvolutions),
    ...(anchor === undefined ? {} : { anchor: checkAnchor(anchor) }),
    ...(babbageSlot === undefined
      ? {}
      : { babbageSlot: checkUnsigned64('babbageSlot', babbageSlot) }),
  });
  checked.add(parameters);
  return parameters;
}

/** Checked and frozen parameters, so that a run over many headers checks its parameters once. */
const checked = new WeakSet();

/** Checks parameters, made by {@link kesParameters} or by the caller. */
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
