/** What is signed. Both processes know it, so a signature is all that crosses from one to the other. */

/** The message of a period: public bytes. */
export function periodMessage(period: number): Uint8Array {
  return new TextEncoder().encode(`evolock demonstration, period ${period}`);
}

/** What the key signs once it has refused to go past its last period. */
export function farewellMessage(): Uint8Array {
  return new TextEncoder().encode('evolock demonstration, after the last period');
}
