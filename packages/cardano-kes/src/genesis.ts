/**
 * What a Shelley genesis file says about KES, and about dates.
 */
import { checkOptions } from '@evolock/direct-serialise/arguments';
import { count, parseGenesis, type Genesis } from './genesis-members.js';
import { slotLengthOf, startOf } from './genesis-time.js';
import { kesParameters, type KesParameters, type SlotAnchor } from './kes-parameters.js';
import { mainnet, preprod, preview } from './networks.js';
import { slot } from './numbers.js';
import { dateOfSlot } from './slot-dates.js';

/** Options of reading a genesis file. */
export interface GenesisOptions {
  /** A name for the network; that of a known one whose numbers these are, or its magic number, when absent. */
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
 * Dates are counted from `options.anchor`; for mainnet, preprod and preview, if the file has their numbers
 * and not their magic number alone, from where they are known to begin; with `options.withoutByron` from the file's
 * `systemStart` (ISO 8601; UTC when it states no zone); and otherwise there are none.
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
  const genesis = parseGenesis(json);
  const numbers = {
    slotsPerKesPeriod: count(genesis, 'slotsPerKESPeriod'),
    maxKesEvolutions: count(genesis, 'maxKESEvolutions'),
  };
  const magic = count(genesis, 'networkMagic', 0);
  const namesake = byMagic.get(magic);
  const known = namesake !== undefined && isOf(namesake, genesis, numbers) ? namesake : undefined;
  const dates = anchor ?? known?.anchor ?? (withoutByron ? anchorOf(genesis) : undefined);
  const other = namesake === undefined ? '' : ` (not ${namesake.name}: other numbers)`;
  return kesParameters({
    ...numbers,
    name: name ?? known?.name ?? `network ${String(magic)}${other}`,
    anchor: dates,
  });
}

/** Test networks take the magic number of a known one as well: then nothing else is that network's. */
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
