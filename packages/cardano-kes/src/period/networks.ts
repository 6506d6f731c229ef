import { wrongType } from '@evolock/direct-serialise/arguments';
import { CardanoError } from '../errors.js';
import { slot } from './numbers.js';
import { kesParameters, type KesParameters } from './parameters.js';

/** The name of a known network. */
export type NetworkName = (typeof networkNames)[number];

/** The names of the known networks. */
export const networkNames = Object.freeze(['mainnet', 'preprod', 'preview'] as const);

/** Common to all three: periods of 36 hours with one-second slots, and 62 of the 64 periods of Sum6. */
const common = { slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 } as const;
const ONE_SECOND = 1_000;
const BYRON_SLOT = 20_000;

/** Mainnet: Byron until slot 4,492,800. */
export const mainnet: KesParameters = kesParameters({
  ...common,
  name: 'mainnet',
  babbageSlot: 72_316_800,
  anchor: {
    slot: slot(4_492_800),
    unixMilliseconds: Date.parse('2020-07-29T21:44:51Z'),
    slotMilliseconds: ONE_SECOND,
    byronSlotMilliseconds: BYRON_SLOT,
  },
});

/** Preprod: Byron until slot 86,400. */
export const preprod: KesParameters = kesParameters({
  ...common,
  name: 'preprod',
  babbageSlot: 3_542_400,
  anchor: {
    slot: slot(86_400),
    unixMilliseconds: Date.parse('2022-06-21T00:00:00Z'),
    slotMilliseconds: ONE_SECOND,
    byronSlotMilliseconds: BYRON_SLOT,
  },
});

/** Preview: without a Byron era. */
export const preview: KesParameters = kesParameters({
  ...common,
  name: 'preview',
  babbageSlot: 259_200,
  anchor: {
    slot: slot(0),
    unixMilliseconds: Date.parse('2022-10-25T00:00:00Z'),
    slotMilliseconds: ONE_SECOND,
  },
});

const byName: Readonly<Record<NetworkName, KesParameters>> = { mainnet, preprod, preview };

/**
 * The parameters of a known network.
 *
 * @throws {@link CardanoError} `ERR_EVOLOCK_CARDANO_PARAMETERS`, reason `unknown-network`.
 */
export function networkNamed(name: string): KesParameters {
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  if (!isNetworkName(name)) throw new CardanoError('unknown-network');
  return byName[name];
}

function isNetworkName(name: string): name is NetworkName {
  return (networkNames as readonly string[]).includes(name);
}
