import fc from 'fast-check';
import { MLockedSeed } from '../../src/index.js';

/** Bytes of every size that a seed can have. */
export const seedBytes = fc.uint8Array({ minLength: 16, maxLength: 64 });

/** The seed of some bytes, which are not changed. */
export function lockedOf(bytes: Uint8Array): MLockedSeed {
  return MLockedSeed.fromBytes(new Uint8Array(bytes));
}

/** A copy of the content. */
export function contentOf(seed: MLockedSeed): Uint8Array {
  return seed.withBytes((view) => new Uint8Array(view));
}
