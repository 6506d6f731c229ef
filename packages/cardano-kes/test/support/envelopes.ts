import { externalVectors } from '@evolock/test-vectors';
import { test } from 'vitest';

/** The paths of files that `cardano-cli` wrote. Adds a skipped test for each missing file. */
export function externalEnvelopes(...names: string[]): string[] {
  return names.flatMap((name) => {
    const vectors = externalVectors(`envelopes/${name}`);
    if (vectors.available) return [vectors.path];
    test.skipIf(true)(vectors.reason, () => {});
    return [];
  });
}
