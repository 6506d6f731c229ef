import { externalConformanceCases } from '@evolock/test-vectors';
import { expect, test } from 'vitest';
import { implementation } from './implementation.js';

const { cases, skipped } = externalConformanceCases(implementation);
for (const reason of skipped) test.skipIf(true)(reason, () => {});
for (const { group, name, run } of cases) test(`${group}: ${name}`, run);

test('every file has cases or a reason why it has none', () => {
  expect(cases.length + skipped.length).toBeGreaterThan(0);
});
