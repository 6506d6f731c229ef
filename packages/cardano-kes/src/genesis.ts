/**
 * What a Shelley genesis file says about KES, and about dates.
 */
import { checkBytes, checkOptions, isBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { kesParameters, type KesParameters, type SlotAnchor } from './kes-parameters.js';
import { mainnet, preprod, preview } from './networks.js';
import { slot } from './numbers.js';
import { ParametersError } from './parameters-error.js';

/** Options of reading a genesis file. */
export interface GenesisOptions {
  /** A name for the network; that of a known one, or its magic number, when absent. */
  readonly name?: string | undefined;
  /** From where dates are counted. */
  readonly anchor?: SlotAnchor | undefined;
  /**
   * Whether the network began in the Shelley era or later, as test networks of one's own do: then the slots of the file
   * are counted from its `systemStart`. Nothing in the file tells.
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
 * Dates are counted from `options.anchor`; for mainnet, preprod and preview from where they are known to begin; with
 * `options.withoutByron` from the file's `systemStart`; and otherwise there are none.
 *
 * @param json - The text of the file.
 * @throws {@link ParametersError} `ERR_EVOLOCK_CARDANO_PARAMETERS`; `field` names what is missing or wrong.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { dateOfSlot, parametersOfGenesis, slot } from '@evolock/cardano-kes';
 *
 * const json = JSON.stringify({
 *   networkMagic: 42,
 *   systemStart: '2026-01-01T00:00:00Z',
 *   slotLength: 0.1,
 *   slotsPerKESPeriod: 129600,
 *   maxKESEvolutions: 60,
 * });
 * const devnet = parametersOfGenesis(json, { withoutByron: true });
 * assert.equal(devnet.maxKesEvolutions, 60);
 * assert.equal(dateOfSlot(devnet, slot(600)).toISOString(), '2026-01-01T00:01:00.000Z');
 * ```
 */
export function parametersOfGenesis(
  json: string | Uint8Array,
  options?: GenesisOptions,
): KesParameters {
  const { name, anchor, withoutByron = false } = checkOptions(options);
  const genesis = parse(json);
  const slotsPerKesPeriod = count(genesis, 'slotsPerKESPeriod');
  const maxKesEvolutions = count(genesis, 'maxKESEvolutions');
  const magic = count(genesis, 'networkMagic', 0);
  const known = byMagic.get(magic);
  const dates = anchor ?? known?.anchor ?? (withoutByron ? startOf(genesis) : undefined);
  return kesParameters({
    name: name ?? known?.name ?? `network ${String(magic)}`,
    slotsPerKesPeriod,
    maxKesEvolutions,
    anchor: dates,
  });
}

type Genesis = Readonly<Record<string, unknown>>;

function parse(json: unknown): Genesis {
  const text = textOf(json);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ParametersError('not-json', 'the genesis file is no JSON', { cause });
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new ParametersError('not-json', 'the genesis file is no JSON object');
  return value as Genesis;
}

function textOf(json: unknown): string {
  if (typeof json === 'string') return json;
  if (!isBytes(json)) throw wrongType('json', 'text or a Uint8Array', json);
  return new TextDecoder().decode(checkBytes('json', json));
}

function member(genesis: Genesis, field: string): unknown {
  if (!Object.hasOwn(genesis, field)) {
    throw new ParametersError(
      'missing',
      `the genesis file has no ${field}: is it the Shelley genesis?`,
      { field },
    );
  }
  return genesis[field];
}

function count(genesis: Genesis, field: string, minimum = 1): number {
  const value = member(genesis, field);
  if (!Number.isSafeInteger(value) || (value as number) < minimum)
    throw wrong(field, `an integer from ${String(minimum)} to 2^53 - 1`);
  return value as number;
}

function startOf(genesis: Genesis): SlotAnchor {
  const systemStart = member(genesis, 'systemStart');
  const unixMilliseconds = typeof systemStart === 'string' ? Date.parse(systemStart) : NaN;
  if (Number.isNaN(unixMilliseconds)) throw wrong('systemStart', 'a date');
  return { slot: slot(0), unixMilliseconds, slotMilliseconds: slotLengthOf(genesis) };
}

/** The file counts in seconds, of which test networks take fractions. */
function slotLengthOf(genesis: Genesis): number {
  const seconds = member(genesis, 'slotLength');
  const milliseconds = typeof seconds === 'number' ? Math.round(seconds * 1_000) : NaN;
  if (!Number.isSafeInteger(milliseconds) || milliseconds < 1)
    throw wrong('slotLength', 'a number of seconds, at least a millisecond');
  return milliseconds;
}

function wrong(field: string, expected: string): ParametersError {
  return new ParametersError('wrong-value', `${field} of the genesis file is not ${expected}`, {
    field,
  });
}
