import { implementationOf } from '@evolock/test-keys';
import {
  conformanceCases,
  externalConformanceCases,
  type Implementation,
} from '@evolock/test-vectors';
import { describe, test } from 'vitest';
import { compactSingleKes, ed25519, singleKes } from '../src/index.js';

const single = implementationOf(singleKes(ed25519));
const compact = implementationOf(compactSingleKes(ed25519));

const implementation: Implementation = {
  kes(algorithm, depth) {
    if (depth !== 0) return undefined;
    return algorithm === 'single' || algorithm === 'sum' ? single : compact;
  },
};

describe('the schemes of one period conform to the vectors', () => {
  for (const { group, name, run } of conformanceCases(implementation)) {
    test(`${group}: ${name}`, run);
  }
});

describe('the schemes of one period accept and refuse the data of other implementations as those do', () => {
  const { cases, skipped } = externalConformanceCases(implementation);
  // kes-sum runs depths above 0, dsign-ed25519 plain Ed25519.
  const ours = skipped.filter((reason) => !reason.endsWith(' is not offered'));
  for (const reason of ours) test.skipIf(true)(reason, () => {});
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);
});
