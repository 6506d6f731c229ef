/** The parameters and dates that a Shelley genesis file states. */
import { checkBytes, checkOptions, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { ParametersError } from '../errors.js';
import { dateOfSlot } from './evolution.js';
import {
  kesParameters,
  mainnet,
  preprod,
  preview,
  type KesParameters,
  type SlotAnchor,
} from './parameters.js';
import { slot } from './numbers.js';

/** Options of reading a genesis file. */
export interface GenesisOptions {
  /**
   * Whether the network began in the Shelley era or later, as private test networks do. Then slots are counted from the
   * `systemStart` of the file. The file does not state this.
   */
  readonly withoutByron?: boolean | undefined;
}

const byMagic = new Map<number, KesParameters>([
  [764_824_073, mainnet],
  [1, preprod],
  [2, preview],
]);

/**
 * The parameters that a Shelley genesis file (`shelley-genesis.json`) states.
 *
 * The name and the anchor of dates are those of mainnet, preprod or preview if all numbers of the file are theirs. With
 * `options.withoutByron` dates are counted from the file's `systemStart` (ISO 8601; UTC when it states no zone). Otherwise
 * slots have no dates: {@link kesParameters} takes the numbers with an anchor.
 *
 * @param json - The text of the file.
 * @throws ParametersError `ERR_EVOLOCK_CARDANO_PARAMETERS`; `field` names the missing or wrong member.
 */
export function parametersOfGenesis(
  json: string | Uint8Array,
  options?: GenesisOptions,
): KesParameters {
  const { withoutByron = false } = checkOptions(options, ['withoutByron']);
  const genesis = parseGenesis(json);
  const numbers = {
    slotsPerKesPeriod: count(genesis, 'slotsPerKESPeriod'),
    maxKesEvolutions: count(genesis, 'maxKESEvolutions'),
  };
  const magic = count(genesis, 'networkMagic', 0);
  const namesake = byMagic.get(magic);
  const known = namesake !== undefined && isOf(namesake, genesis, numbers) ? namesake : undefined;
  const dates = known?.anchor ?? (withoutByron ? anchorOf(genesis) : undefined);
  const other = namesake === undefined ? '' : ` (not ${namesake.name}: other numbers)`;
  return kesParameters({
    ...numbers,
    name: known?.name ?? `network ${String(magic)}${other}`,
    anchor: dates,
    babbageSlot: known?.babbageSlot,
  });
}

/** Whether the numbers are those of a known network. A test network may use the magic number of a known one. */
function isOf(
  known: KesParameters,
  genesis: Genesis,
  numbers: { readonly slotsPerKesPeriod: number; readonly maxKesEvolutions: number },
): boolean {
  const { slotsPerKesPeriod, maxKesEvolutions, anchor } = known;
  const has = (field: string) => Object.hasOwn(genesis, field);
  return (
    BigInt(numbers.slotsPerKesPeriod) === slotsPerKesPeriod &&
    numbers.maxKesEvolutions === maxKesEvolutions &&
    (!has('slotLength') || slotLengthOf(genesis) === anchor?.slotMilliseconds) &&
    (!has('systemStart') || startOf(genesis) === dateOfSlot(known, slot(0)).getTime())
  );
}

function anchorOf(genesis: Genesis): SlotAnchor {
  return {
    slot: slot(0),
    unixMilliseconds: startOf(genesis),
    slotMilliseconds: slotLengthOf(genesis),
  };
}

const DATE_AND_TIME = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/;

/** The start of the network, in milliseconds since 1970. A time without a zone is UTC. */
function startOf(genesis: Genesis): number {
  const text = member(genesis, 'systemStart');
  const [, day, zone] = DATE_AND_TIME.exec(typeof text === 'string' ? text : '') ?? [];
  const start =
    day === undefined || !isInCalendar(day)
      ? NaN
      : Date.parse(`${String(text)}${zone === undefined ? 'Z' : ''}`);
  if (Number.isNaN(start))
    throw wrong('systemStart', 'a date and time of ISO 8601, like 2026-01-01T00:00:00Z');
  return start;
}

/** `Date` accepts days such as the 30th of February. */
function isInCalendar(day: string): boolean {
  const midnight = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(midnight.getTime()) && midnight.toISOString().startsWith(day);
}

/**
 * Milliseconds of a slot. The file states seconds, on test networks with fractions. Fractions of a millisecond are refused:
 * rounding errors would add up slot by slot.
 */
function slotLengthOf(genesis: Genesis): number {
  const seconds = member(genesis, 'slotLength');
  const milliseconds = typeof seconds === 'number' ? Math.round(seconds * 1_000) : NaN;
  const isWhole = Number.isSafeInteger(milliseconds) && milliseconds / 1_000 === seconds;
  if (!isWhole || milliseconds < 1)
    throw wrong('slotLength', 'a number of seconds in whole milliseconds, at least one');
  return milliseconds;
}

/** A parsed genesis file. Nothing of it is checked. */
export type Genesis = Readonly<Record<string, unknown>>;

/** Parses a genesis file. */
export function parseGenesis(json: unknown): Genesis {
  const text = textOf(json);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ParametersError('not-json', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ParametersError('not-json');
  return value as Genesis;
}

function textOf(json: unknown): string {
  if (typeof json === 'string') return json;
  if (!isBytes(json)) throw wrongType('json', 'text or a Uint8Array', json);
  return new TextDecoder().decode(checkBytes('json', json));
}

/** A required member. */
export function member(genesis: Genesis, field: string): unknown {
  if (!Object.hasOwn(genesis, field)) throw new ParametersError('missing', { field });
  return genesis[field];
}

/** A required member that is an integer. */
export function count(genesis: Genesis, field: string, minimum = 1): number {
  const value = member(genesis, field);
  if (!Number.isSafeInteger(value) || (value as number) < minimum)
    throw wrong(field, `an integer from ${String(minimum)} to 2^53 - 1`);
  return value as number;
}

/** The error for a wrong member. */
export function wrong(field: string, expected: string): ParametersError {
  return new ParametersError('wrong-value', { field, expected });
}
