import fc from 'fast-check';
import type { MLockedSeed } from '../../src/index.js';

/** Bytes of every size that a seed can have. */
export const seedBytes = fc.uint8Array({ minLength: 16, maxLength: 64 });

/** A copy of the content. */
export function contentOf(seed: MLockedSeed): Uint8Array {
  return seed.withBytes((view) => new Uint8Array(view));
}
