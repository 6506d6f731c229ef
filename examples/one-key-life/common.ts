/** The message that is signed at a period. Both processes know it. */
export function periodMessage(period: number): Uint8Array {
  return new TextEncoder().encode(`evolock example, period ${period}`);
}

/** Ends the example when something does not hold that it is about to claim. */
export function prove(holds: boolean, claim: string): asserts holds {
  if (!holds) throw new Error(`does not hold: ${claim}`);
}
