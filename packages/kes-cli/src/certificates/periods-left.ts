import {
  periodOfSlot,
  slot,
  type AbsolutePeriod,
  type EvolutionStatus,
  type KesParameters,
} from '@evolock/cardano-kes';

/** Nothing comes after it: slots have 64 bits. */
const LAST_SLOT = slot(2n ** 64n - 1n);

/**
 * For how many KES periods a certificate is still good: those after the current one, where it has begun, and all that
 * have slots, where it has not.
 */
export function periodsLeft(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  evolution: EvolutionStatus,
): number {
  const { state, limit } = evolution;
  if (state === 'expired') return 0;
  const begun = state === 'valid' ? BigInt(evolution.evolution) + 1n : 0n;
  const withSlots = periodOfSlot(parameters, LAST_SLOT) - startPeriod + 1n;
  const good = withSlots < BigInt(limit.evolutions) ? withSlots : BigInt(limit.evolutions);
  return good > begun ? Number(good - begun) : 0;
}
