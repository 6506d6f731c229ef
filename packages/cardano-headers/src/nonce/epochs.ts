/** The epochs of networks, and from where their nonces are computed. */
import { checkBytes, sameBytes, wrongType, wrongValue } from '@evolock/direct-serialise/arguments';
import { blake2b256 } from '../hashes.js';
import { bytesOfHex } from '../hex.js';
import { count, member, parseGenesis, wrong, type Genesis } from '../period/genesis.js';
import { networkNamed, type NetworkName } from '../period/parameters.js';
import { checkUnsigned64 } from '../period/numbers.js';

/** Entropy that a network joined to the nonce of one epoch. No header shows it. */
export interface ExtraEntropy {
  /** The epoch whose nonce it is joined to. */
  readonly epoch: bigint;
  /** 32 bytes. */
  readonly entropy: Uint8Array;
}

/** The parameters of a network for the nonces of its epochs. */
export interface EpochParameters {
  /** The nonce of the first epoch: the hash of the Shelley genesis file, 32 bytes. */
  readonly genesisHash: Uint8Array;
  /** Slots of an epoch. */
  readonly slotsPerEpoch: bigint;
  /** The first slot of the Shelley era. */
  readonly firstSlot: bigint;
  /** The epoch of that slot: 0 for a network without a Byron era. */
  readonly firstEpoch: bigint;
  /** Slots at the end of an epoch whose blocks do not contribute to the next nonce, until Babbage: 3k/f, rounded up. */
  readonly stabilityWindow: bigint;
  /** The same from Conway on: 4k/f, rounded up. */
  readonly randomnessWindow: bigint;
  readonly extraEntropy: ExtraEntropy | undefined;
}

interface EpochNumbers {
  readonly genesisHash: Uint8Array;
  readonly slotsPerEpoch: number;
  /** k: the number of blocks after which a block is final. */
  readonly securityParameter: number;
  /** f: the share of slots that have a block, 0.000001 to 1. */
  readonly activeSlotsCoefficient: number;
  readonly firstSlot?: bigint;
  readonly firstEpoch?: bigint;
  readonly extraEntropy?: ExtraEntropy;
}

/** The parameters of a network. Slot and epoch begin at 0 when absent. */
export function epochParameters(numbers: EpochNumbers): EpochParameters {
  const { firstSlot = 0n, firstEpoch = 0n, extraEntropy, genesisHash, slotsPerEpoch } = numbers;
  const k = BigInt(numbers.securityParameter);
  const { numerator, denominator } = fraction(numbers.activeSlotsCoefficient);
  // Rounded up.
  const windowOf = (factor: bigint) => (factor * k * denominator + numerator - 1n) / numerator;
  const parameters = Object.freeze({
    genesisHash,
    slotsPerEpoch: BigInt(slotsPerEpoch),
    firstSlot,
    firstEpoch,
    stabilityWindow: windowOf(3n),
    randomnessWindow: windowOf(4n),
    extraEntropy,
  });
  made.add(parameters);
  return parameters;
}

const made = new WeakSet();

/** Checks that parameters were made by {@link epochParameters}. */
export function checkEpochParameters(value: unknown): EpochParameters {
  if (typeof value !== 'object' || value === null || !made.has(value))
    throw wrongType('parameters', 'the result of epochParametersOf', value);
  return value as EpochParameters;
}

/** The coefficient as its decimal digits state it: `0.05` is exactly 5/100. */
function fraction(value: number): { readonly numerator: bigint; readonly denominator: bigint } {
  const [whole = '', decimals = ''] = String(value).split('.');
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

const hash = (digits: string): Uint8Array => bytesOfHex(digits) ?? new Uint8Array();

const common = {
  slotsPerEpoch: 432_000,
  securityParameter: 2_160,
  activeSlotsCoefficient: 0.05,
} as const;

const byName: Readonly<Record<NetworkName, EpochParameters>> = {
  mainnet: epochParameters({
    ...common,
    genesisHash: hash('1a3be38bcbb7911969283716ad7aa550250226b76a61fc51cc9a9a35d9276d81'),
    firstSlot: 4_492_800n,
    firstEpoch: 208n,
    extraEntropy: {
      epoch: 259n,
      entropy: hash('d982e06fd33e7440b43cefad529b7ecafbaa255e38178ad4189a37e4ce9bf1fa'),
    },
  }),
  preprod: epochParameters({
    ...common,
    genesisHash: hash('162d29c4e1cf6b8a84f2d692e67a3ac6bc7851bc3e6e4afe64d15778bed8bd86'),
    firstSlot: 86_400n,
    firstEpoch: 4n,
  }),
  preview: epochParameters({
    ...common,
    genesisHash: hash('363498d1024f84bb39d3fa9593ce391483cb40d479b87233f868d6e57c3a400d'),
    slotsPerEpoch: 86_400,
    securityParameter: 432,
  }),
};

/**
 * The epochs of a known network. Those of mainnet contain the entropy that was joined to the nonce of epoch 259.
 *
 * @throws ParametersError `ERR_EVOLOCK_CARDANO_PARAMETERS`, reason `unknown-network`.
 */
export function epochParametersOf(name: string): EpochParameters {
  return byName[networkNamed(name).name as NetworkName];
}

/**
 * The epochs that a Shelley genesis file (`shelley-genesis.json`) states. The hash of its bytes is the nonce of the first
 * epoch. The file of a known network gives the parameters of that network. Another network has no Byron era: its first slot
 * and epoch are 0.
 *
 * @param json - The bytes of the file, unchanged.
 * @throws ParametersError `ERR_EVOLOCK_CARDANO_PARAMETERS`; `field` names the missing or wrong member.
 */
export function epochParametersOfGenesis(json: Uint8Array): EpochParameters {
  const bytes = new Uint8Array(checkBytes('json', json));
  const genesis = parseGenesis(bytes);
  const genesisHash = blake2b256(bytes);
  const known = Object.values(byName).find((each) => sameBytes(each.genesisHash, genesisHash));
  if (known !== undefined) return known;
  return epochParameters({
    genesisHash,
    slotsPerEpoch: count(genesis, 'epochLength'),
    securityParameter: count(genesis, 'securityParam'),
    activeSlotsCoefficient: coefficientOf(genesis),
  });
}

/** Below this JavaScript writes a number with an exponent. No network is near. */
const LEAST_COEFFICIENT = 0.000_001;

function coefficientOf(genesis: Genesis): number {
  const value = member(genesis, 'activeSlotsCoeff');
  if (typeof value !== 'number' || value < LEAST_COEFFICIENT || value > 1)
    throw wrong('activeSlotsCoeff', 'a number from 0.000001 to 1');
  return value;
}

/** The epoch of a slot: the first one of the Shelley era, or a later one. */
export function epochOfSlot(parameters: EpochParameters, slot: bigint): bigint {
  const epochs = checkEpochParameters(parameters);
  return epochOf(epochs, checkSlot('slot', slot, epochs.firstSlot));
}

/** The epoch of a slot of the Shelley era or a later one. */
export function epochOf(
  { firstSlot, firstEpoch, slotsPerEpoch }: EpochParameters,
  slot: bigint,
): bigint {
  return firstEpoch + (slot - firstSlot) / slotsPerEpoch;
}

/** Checks a slot that is not before another one. */
export function checkSlot(argument: string, value: unknown, least: bigint): bigint {
  const slot = checkUnsigned64(argument, value);
  if (slot < least) throw wrongValue(argument, `${String(least)} or a later slot`, String(slot));
  return slot;
}
