/** The epochs of a network, and from where its nonces are computed. */
import {
  checkBytes,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkUnsigned64 } from '../period/numbers.js';
import { NONCE_SIZE } from './nonce.js';

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

/** The arguments of {@link epochParameters}. */
export interface EpochParametersInit {
  /** 32 bytes. */
  readonly genesisHash: Uint8Array;
  readonly slotsPerEpoch: bigint | number;
  /** k: the number of blocks after which a block is final. */
  readonly securityParameter: bigint | number;
  /** f: the share of slots that have a block, 0.000001 to 1. */
  readonly activeSlotsCoefficient: number;
  /** 0 when absent. */
  readonly firstSlot?: bigint | number | undefined;
  /** 0 when absent. */
  readonly firstEpoch?: bigint | number | undefined;
  readonly extraEntropy?: ExtraEntropy | undefined;
}

/**
 * Makes the parameters of a network for the nonces of its epochs.
 *
 * @param init - The numbers of its Shelley genesis.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function epochParameters(init: EpochParametersInit): EpochParameters {
  const given = checkOptions(init as Partial<EpochParametersInit> | undefined);
  const { firstSlot = 0n, firstEpoch = 0n, extraEntropy } = given;
  const k = atLeastOne('securityParameter', given.securityParameter);
  const f = fraction(given.activeSlotsCoefficient);
  const parameters = Object.freeze({
    genesisHash: copied('genesisHash', given.genesisHash),
    slotsPerEpoch: atLeastOne('slotsPerEpoch', given.slotsPerEpoch),
    firstSlot: checkUnsigned64('firstSlot', firstSlot),
    firstEpoch: checkUnsigned64('firstEpoch', firstEpoch),
    stabilityWindow: quotient(3n * k * f.denominator, f.numerator),
    randomnessWindow: quotient(4n * k * f.denominator, f.numerator),
    extraEntropy: extraEntropy === undefined ? undefined : checkEntropy(extraEntropy),
  });
  made.add(parameters);
  return parameters;
}

/** The parameters that {@link epochParameters} made. */
const made = new WeakSet();

/** Checks that parameters were made by {@link epochParameters}. */
export function checkEpochParameters(value: unknown): EpochParameters {
  if (typeof value !== 'object' || value === null || !made.has(value))
    throw wrongType('parameters', 'the result of epochParameters', value);
  return value as EpochParameters;
}

function atLeastOne(argument: string, value: unknown): bigint {
  const checked = checkUnsigned64(argument, value);
  if (checked === 0n) throw wrongValue(argument, 'at least 1', '0');
  return checked;
}

function copied(argument: string, value: unknown): Uint8Array {
  return new Uint8Array(checkBytes(argument, value, NONCE_SIZE));
}

function checkEntropy(value: ExtraEntropy): ExtraEntropy {
  const { epoch, entropy } = checkOptions<Partial<ExtraEntropy>>(value);
  return Object.freeze({
    epoch: checkUnsigned64('extraEntropy.epoch', epoch),
    entropy: copied('extraEntropy.entropy', entropy),
  });
}

/** Below this JavaScript writes a number with an exponent. No network is near. */
const LEAST_COEFFICIENT = 0.000_001;

/** Whether a value can be the share of slots that have a block. */
export function isCoefficient(value: unknown): value is number {
  return typeof value === 'number' && value >= LEAST_COEFFICIENT && value <= 1;
}

/** The coefficient as its decimal digits state it: `0.05` is exactly 5/100. */
function fraction(value: unknown): { readonly numerator: bigint; readonly denominator: bigint } {
  const expected = 'a number from 0.000001 to 1';
  if (typeof value !== 'number') throw wrongType('activeSlotsCoefficient', expected, value);
  if (!isCoefficient(value)) throw wrongValue('activeSlotsCoefficient', expected, String(value));
  const [whole = '', decimals = ''] = String(value).split('.');
  return { numerator: BigInt(whole + decimals), denominator: 10n ** BigInt(decimals.length) };
}

/** Rounded up. */
function quotient(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor - 1n) / divisor;
}
