import type { MLockedBytes } from '../../src/index.js';

/** A copy of the content. */
export function contentOf(bytes: MLockedBytes): number[] {
  return bytes.withBytes((view) => [...view]);
}

/** Overwrites locked bytes. */
export function fill(bytes: MLockedBytes, value: number): void {
  bytes.withBytes((view) => {
    view.fill(value);
  });
}
