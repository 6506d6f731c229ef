import { expect, test } from 'vitest';
import { calls, children, seed } from '../src/calls/limits.js';
import { abuse, summary } from './support/child.js';

test(
  `${calls} random calls with several hostile values each (EVOLOCK_ABUSE_SEED=${seed})`,
  { timeout: 3_600_000 },
  async () => {
    expect(summary(await abuse(String(seed), calls, children))).toEqual([]);
  },
);
