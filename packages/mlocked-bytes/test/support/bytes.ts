import type { MLockedBytes, MLockedChunk, MLockedRegion } from '../../src/index.js';

/** A copy of the content. */
export function contentOf(bytes: MLockedBytes | MLockedChunk | MLockedRegion): number[] {
  return bytes.withBytes((view) => [...view]);
}

/** Overwrites locked bytes. */
export function fill(bytes: MLockedBytes | MLockedRegion, value: number): void {
  bytes.withBytes((view) => {
    view.fill(value);
  });
}
