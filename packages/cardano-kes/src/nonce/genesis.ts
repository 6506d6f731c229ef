/**
 * The parameters of epochs that a Shelley genesis file states.
 */
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Hash } from '../certificate/certificate.js';
import { count, member, parseGenesis, wrong, type Genesis } from '../period/genesis-file.js';
import { epochsByName } from './networks.js';
import { epochParameters, isCoefficient, type EpochParameters } from './parameters.js';

/** Options of reading the epochs of a genesis file. */
export type EpochGenesisOptions = Partial<
  Pick<EpochParameters, 'firstSlot' | 'firstEpoch' | 'extraEntropy'>
>;

/** The parameters that a genesis file states. The file of a known network is known by its hash. */
export function epochsOfGenesis(
  json: Uint8Array,
  blake2b256: Hash,
  options: EpochGenesisOptions,
): EpochParameters {
  const genesis = parseGenesis(json);
  const genesisHash = blake2b256(json);
  const known = Object.values(epochsByName).find((each) =>
    sameBytes(each.genesisHash, genesisHash),
  );
  if (known !== undefined) return known;
  const { firstSlot, firstEpoch, extraEntropy } = options;
  return epochParameters({
    genesisHash,
    slotsPerEpoch: count(genesis, 'epochLength'),
    securityParameter: count(genesis, 'securityParam'),
    activeSlotsCoefficient: coefficientOf(genesis),
    firstSlot,
    firstEpoch,
    extraEntropy,
  });
}

function coefficientOf(genesis: Genesis): number {
  const value = member(genesis, 'activeSlotsCoeff');
  if (!isCoefficient(value)) throw wrong('activeSlotsCoeff', 'a number from 0.000001 to 1');
  return value;
}
