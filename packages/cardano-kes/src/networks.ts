import { wrongType } from '@evolock/direct-serialise/arguments';
import { kesParameters, type KesParameters } from './kes-parameters.js';
import { slot } from './numbers.js';
import { ParametersError } from './parameters-error.js';

/** A network that is known by name. */
export type NetworkName = (typeof networkNames)[number];

/** The networks that are known by name. */
export const networkNames = Object.freeze(['mainnet', 'preprod', 'preview'] as const);

/** What the three share: a day and a half of one-second slots, and 62 of the 64 periods of Sum6. */
const common = { slotsPerKesPeriod: 129_600, maxKesEvolutions: 62 } as const;
const ONE_SECOND = 1_000;
const BYRON_SLOT = 20_000;

/** Mainnet: Byron until slot 4,492,800. */
export const mainnet: KesParameters = kesParameters({
  ...common,
  name: 'mainnet',
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
  anchor: {
    slot: slot(0),
    unixMilliseconds: Date.parse('2022-10-25T00:00:00Z'),
    slotMilliseconds: ONE_SECOND,
  },
});

const byName: Readonly<Record<NetworkName, KesParameters>> = { mainnet, preprod, preview };

/**
 * The parameters of a network by its name.
 *
 * @throws {@link ParametersError} `ERR_EVOLOCK_CARDANO_PARAMETERS`, problem `unknown-network`.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { networkNamed } from '@evolock/cardano-kes';
 *
 * assert.equal(networkNamed('preprod').slotsPerKesPeriod, 129_600n);
 * ```
 */
export function networkNamed(name: string): KesParameters {
  if (typeof name !== 'string') throw wrongType('name', 'a string', name);
  if (!isNetworkName(name)) {
    throw new ParametersError(
      'unknown-network',
      `no network of that name is known here: it is one of ${networkNames.join(', ')}, or has to be described by its Shelley genesis file`,
    );
  }
  return byName[name];
}

function isNetworkName(name: string): name is NetworkName {
  return (networkNames as readonly string[]).includes(name);
}
