/** The message of a period. Both processes use it. */
export function periodMessage(period: number): Uint8Array {
  return new TextEncoder().encode(`evolock example, period ${period}`);
}

/** Throws when a claim is false. */
export function prove(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${claim}`);
}
