/**
 * From a slot to the evolution of a key: absolute period = ⌊slot / slots per period⌋, evolution = absolute period −
 * start period of the certificate.
 */
import { checkParameters, type KesParameters } from './kes-parameters.js';
import {
  checkUnsigned64,
  MAX_UNSIGNED_64,
  SUM6_PERIODS,
  type AbsolutePeriod,
  type Evolution,
  type Slot,
} from './numbers.js';

/** How many evolutions a certificate is good for, and who says so. */
export interface EvolutionLimit {
  /** Evolutions 0 to this number − 1 are valid. */
  readonly evolutions: number;
  /** Whether the network allows no more, or the algorithm has no more. */
  readonly setBy: 'network' | 'algorithm';
}

/** Where an absolute period lies, seen from a certificate. */
export type EvolutionStatus = ValidEvolution | InvalidEvolution;

/** The period is one of the certificate's. */
export interface ValidEvolution {
  readonly state: 'valid';
  /** Periods since the start period; the same number as `evolution`. */
  readonly difference: bigint;
  /** The period at which the key has to stand. */
  readonly evolution: Evolution;
  /** How many valid periods follow this one. */
  readonly remainingPeriods: number;
  readonly limit: EvolutionLimit;
}

/** The period is before or behind the certificate's. */
export interface InvalidEvolution {
  /** `not-yet` before the start period, `expired` behind the last one. */
  readonly state: 'not-yet' | 'expired';
  /** Periods since the start period: negative for `not-yet`. */
  readonly difference: bigint;
  readonly limit: EvolutionLimit;
}

/**
 * How many evolutions are valid: the fewer of what the network allows and of the 64 that Sum6 has.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { evolutionLimit, kesParameters, mainnet } from '@evolock/cardano-kes';
 *
 * assert.deepEqual(evolutionLimit(mainnet), { evolutions: 62, setBy: 'network' });
 * const generous = kesParameters({ slotsPerKesPeriod: 1755, maxKesEvolutions: 394 });
 * assert.deepEqual(evolutionLimit(generous), { evolutions: 64, setBy: 'algorithm' });
 * ```
 */
export function evolutionLimit(parameters: KesParameters): EvolutionLimit {
  const { maxKesEvolutions } = checkParameters(parameters);
  return maxKesEvolutions <= SUM6_PERIODS
    ? { evolutions: maxKesEvolutions, setBy: 'network' }
    : { evolutions: SUM6_PERIODS, setBy: 'algorithm' };
}

/**
 * The absolute KES period in which a slot lies. Slots of the Byron era have one too, in which nothing was signed.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, periodOfSlot, slot } from '@evolock/cardano-kes';
 *
 * assert.equal(periodOfSlot(mainnet, slot(4_563_840)), 35n);
 * ```
 */
export function periodOfSlot(parameters: KesParameters, slot: Slot): AbsolutePeriod {
  const { slotsPerKesPeriod } = checkParameters(parameters);
  return (checkUnsigned64('slot', slot) / slotsPerKesPeriod) as AbsolutePeriod;
}

/**
 * The first slot of an absolute period.
 *
 * @returns Nothing when it lies behind the last slot that 64 bits can count.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, firstSlotOfPeriod, mainnet } from '@evolock/cardano-kes';
 *
 * assert.equal(firstSlotOfPeriod(mainnet, absolutePeriod(35)), 4_536_000n);
 * ```
 */
export function firstSlotOfPeriod(
  parameters: KesParameters,
  period: AbsolutePeriod,
): Slot | undefined {
  const { slotsPerKesPeriod } = checkParameters(parameters);
  const first = checkUnsigned64('period', period) * slotsPerKesPeriod;
  return first <= MAX_UNSIGNED_64 ? (first as Slot) : undefined;
}

/**
 * Where an absolute period lies, seen from the start period of a certificate.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, evolutionOf, mainnet } from '@evolock/cardano-kes';
 *
 * const start = absolutePeriod(1000);
 * assert.equal(evolutionOf(mainnet, start, absolutePeriod(1061)).state, 'valid');
 * assert.equal(evolutionOf(mainnet, start, absolutePeriod(1062)).state, 'expired');
 * assert.equal(evolutionOf(mainnet, start, absolutePeriod(999)).state, 'not-yet');
 * ```
 */
export function evolutionOf(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): EvolutionStatus {
  const limit = evolutionLimit(parameters);
  const difference =
    checkUnsigned64('period', period) - checkUnsigned64('startPeriod', startPeriod);
  if (difference < 0n) return { state: 'not-yet', difference, limit };
  if (difference >= BigInt(limit.evolutions)) return { state: 'expired', difference, limit };
  const evolution = Number(difference) as Evolution;
  const remainingPeriods = limit.evolutions - 1 - evolution;
  return { state: 'valid', difference, evolution, remainingPeriods, limit };
}
