/** The life of a certificate at a slot of a network. */
import { checkRecord } from '@evolock/direct-serialise/arguments';
import {
  dateOfSlot,
  evolutionOf,
  expiryOf,
  ifDated,
  periodOfSlot,
  type EvolutionStatus,
  type Expiry,
} from '../period/evolution.js';
import {
  checkUnsigned64,
  MAX_UNSIGNED_64,
  type AbsolutePeriod,
  type Slot,
} from '../period/numbers.js';
import type { KesParameters } from '../period/parameters.js';

/** Where a slot lies in the life of a certificate. */
export interface CertificateLife {
  readonly parameters: KesParameters;
  /** The absolute KES period in which the certificate starts. */
  readonly startPeriod: AbsolutePeriod;
  readonly slot: Slot;
  /** The absolute KES period of the slot. */
  readonly period: AbsolutePeriod;
  readonly evolution: EvolutionStatus;
  readonly expiry: Expiry;
  /** The valid KES periods after this one. Before the start of the certificate, all that have slots. */
  readonly remainingPeriods: number;
  /** Days until its end; `undefined` when the slots of the network have no dates, and after the end. */
  readonly remainingDays: number | undefined;
}

const DAY = 86_400_000;

/**
 * The life of a certificate of a start period, at a slot.
 *
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, mainnet, slot } from '@evolock/cardano-headers';
 * import { certificateLife } from '@evolock/cardano-headers/certificates';
 *
 * const { period, remainingPeriods } = certificateLife(mainnet, absolutePeriod(1001n), slot(134402628n));
 * assert.deepEqual([period, remainingPeriods], [1037n, 25]);
 * ```
 */
export function certificateLife(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  slot: Slot,
): CertificateLife {
  const period = periodOfSlot(parameters, slot);
  const start = checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod;
  const evolution = evolutionOf(parameters, start, period);
  const expiry = expiryOf(parameters, start);
  const now = ifDated(() => dateOfSlot(parameters, slot))?.getTime() ?? NaN;
  const left = (expiry.date?.getTime() ?? NaN) - now;
  return {
    parameters,
    startPeriod: start,
    slot,
    period,
    evolution,
    expiry,
    remainingPeriods: periodsLeft(parameters, start, evolution),
    remainingDays: left >= 0 ? left / DAY : undefined,
  };
}

/** Checks a life, and makes it again from what it was made of. */
export function checkLife(value: CertificateLife): CertificateLife {
  const { parameters, startPeriod, slot } = checkRecord(
    'life',
    value,
    'a life of certificateLife',
  ) as CertificateLife;
  return certificateLife(parameters, startPeriod, slot);
}

function periodsLeft(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  evolution: EvolutionStatus,
): number {
  const { state, limit } = evolution;
  if (state === 'expired') return 0;
  const begun = state === 'valid' ? BigInt(evolution.evolution) + 1n : 0n;
  const withSlots = periodOfSlot(parameters, MAX_UNSIGNED_64 as Slot) - startPeriod + 1n;
  const valid = withSlots < BigInt(limit.evolutions) ? withSlots : BigInt(limit.evolutions);
  return valid > begun ? Number(valid - begun) : 0;
}
