import type { MLockedBytes } from '../../src/index.js';

/** A copy of the content. */
export function contentOf(bytes: MLockedBytes): number[] {
  return bytes.withBytes((view) => [...view]);
}
