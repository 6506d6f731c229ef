import {
  checkInteger,
  checkRecord,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkUnsigned64, slot, type Slot } from './numbers.js';
import { ParametersError } from '../errors.js';

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

/** Makes the parameters of a network: at least one slot per period, and at least one evolution. */
export function kesParameters(init: KesParametersInit): KesParameters {
  const given = checkRecord<KesParametersInit>('init', init);
  const { name = 'custom', anchor, babbageSlot } = given;
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  const slotsPerKesPeriod = checkUnsigned64('slotsPerKesPeriod', given.slotsPerKesPeriod);
  if (slotsPerKesPeriod === 0n) throw wrongValue('slotsPerKesPeriod', 'at least one slot', '0');
  const parameters = Object.freeze({
    name,
    slotsPerKesPeriod,
    maxKesEvolutions: checkCount('maxKesEvolutions', given.maxKesEvolutions),
    anchor: anchor === undefined ? undefined : checkAnchor(anchor),
    babbageSlot:
      babbageSlot === undefined ? undefined : checkUnsigned64('babbageSlot', babbageSlot),
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
  const { slot, unixMilliseconds, slotMilliseconds, byronSlotMilliseconds } = checkRecord(
    'anchor',
    value,
  );
  return Object.freeze({
    slot: checkUnsigned64('anchor.slot', slot) as Slot,
    unixMilliseconds: checkInteger(
      'anchor.unixMilliseconds',
      unixMilliseconds,
      -MAX_DATE,
      MAX_DATE,
    ),
    slotMilliseconds: checkCount('anchor.slotMilliseconds', slotMilliseconds),
    byronSlotMilliseconds:
      byronSlotMilliseconds === undefined
        ? undefined
        : checkCount('anchor.byronSlotMilliseconds', byronSlotMilliseconds),
  });
}

/** The name of a known network. */
export type NetworkName = (typeof networkNames)[number];

/** The names of the known networks. */
export const networkNames = Object.freeze(['mainnet', 'preprod', 'preview'] as const);

interface KnownNetwork {
  readonly name: NetworkName;
  readonly babbageSlot: number;
  /** The first slot of Shelley, and its beginning. */
  readonly firstSlot: number;
  readonly begins: string;
  readonly byronSlotMilliseconds?: number;
}

const BYRON_SLOT = 20_000;

/** Common to all three: periods of 36 hours with one-second slots, and 62 of the 64 periods of Sum6. */
function known({ firstSlot, begins, byronSlotMilliseconds, ...network }: KnownNetwork) {
  const slotMilliseconds = 1_000;
  const unixMilliseconds = Date.parse(begins);
  const first = { slot: slot(firstSlot), unixMilliseconds, slotMilliseconds };
  return kesParameters({
    slotsPerKesPeriod: 129_600,
    maxKesEvolutions: 62,
    ...network,
    anchor: byronSlotMilliseconds === undefined ? first : { ...first, byronSlotMilliseconds },
  });
}

// Calls that are not marked so stay in each bundle of the package.
/** Mainnet: Byron until slot 4,492,800. */
export const mainnet: KesParameters = /* @__PURE__ */ known({
  name: 'mainnet',
  babbageSlot: 72_316_800,
  firstSlot: 4_492_800,
  begins: '2020-07-29T21:44:51Z',
  byronSlotMilliseconds: BYRON_SLOT,
});

/** Preprod: Byron until slot 86,400. */
export const preprod: KesParameters = /* @__PURE__ */ known({
  name: 'preprod',
  babbageSlot: 3_542_400,
  firstSlot: 86_400,
  begins: '2022-06-21T00:00:00Z',
  byronSlotMilliseconds: BYRON_SLOT,
});

/** Preview: without a Byron era. */
export const preview: KesParameters = /* @__PURE__ */ known({
  name: 'preview',
  babbageSlot: 259_200,
  firstSlot: 0,
  begins: '2022-10-25T00:00:00Z',
});

/**
 * The parameters of a known network.
 *
 * @throws {@link ParametersError} `ERR_EVOLOCK_CARDANO_PARAMETERS`, reason `unknown-network`.
 */
export function networkNamed(name: string): KesParameters {
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  const network = [mainnet, preprod, preview].find((each) => each.name === name);
  if (network === undefined) throw new ParametersError('unknown-network');
  return network;
}
