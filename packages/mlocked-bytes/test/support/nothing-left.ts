/** The files of a short run share the pool, so each of them has to release what it allocates there. */
import { afterAll, expect } from 'vitest';
import { pooledAllocator } from '../../src/index.js';

afterAll(() => {
  expect(pooledAllocator.usage().liveSlots).toBe(0);
});
