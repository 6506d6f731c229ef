import { errorOf, wrongly } from '@evolock/test-support';
import { expect, test, vi } from 'vitest';
import { MLockedBytes } from '../../src/index.js';

test('values and allocators of another copy of the package are refused, and both copies work', async () => {
  vi.resetModules();
  const other = await import('../../src/index.js');
  using ours = MLockedBytes.newZeroed(32);
  using theirs = other.MLockedBytes.newZeroed(32);
  for (const use of [() => ours.copyFrom(wrongly(theirs)), () => theirs.equals(wrongly(ours))])
    expect(errorOf(use)).toMatchObject({
      name: 'DuplicatePackageError',
      code: 'ERR_EVOLOCK_DUPLICATE_PACKAGE',
      message: expect.stringMatching(/0\.0\.0-source.*npm dedupe/),
    });
  const allocator = wrongly(other.pooledAllocator);
  expect(errorOf(() => MLockedBytes.newZeroed(32, { allocator }))).toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_TYPE',
    argument: 'allocator',
  });
  for (const value of [ours, theirs]) {
    using clone = value.clone();
    expect(clone.equals(wrongly(value))).toBe(true);
  }
});
