import fc from 'fast-check';

/** Any seed, as ordinary bytes. */
export const seeds = fc.uint8Array({ minLength: 32, maxLength: 32 });

/** Any short message. */
export const messages = fc.uint8Array({ maxLength: 100 });

/** A seed whose bytes are easy to recognise. */
export function seedOf(number: number): Uint8Array {
  return Uint8Array.from({ length: 32 }, (_, index) => (7 * number + 11 * index + 1) % 256);
}
