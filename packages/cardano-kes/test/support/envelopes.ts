import { externalVectors } from '@evolock/test-vectors';
import { test } from 'vitest';

/** The paths of files that `cardano-cli` wrote; a test that says that it is skipped for each that is missing. */
export function externalEnvelopes(...names: string[]): string[] {
  return names.flatMap((name) => {
    const vectors = externalVectors(`envelopes/${name}`);
    if (vectors.available) return [vectors.path];
    test.skipIf(true)(vectors.reason, () => {});
    return [];
  });
}
