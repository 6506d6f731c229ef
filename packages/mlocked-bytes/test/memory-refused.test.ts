import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { lockStatus, MemoryRefusedError } from '../src/index.js';
import { importing, named, notLinux, printedBy } from './support/child.js';

const noPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'no prlimit here';
const { limit = Infinity, unlimited = true } = lockStatus();
const tooLow = unlimited || limit >= 2 ** 30 ? undefined : 'the lock limit comes first';
const skipped = notLinux ?? noPrlimit ?? tooLow;

const asking = `
  ${importing}
  const outcomes = [];
  for (const allocator of [locked.mappingAllocator, locked.pooledAllocator]) {
    try {
      locked.MLockedBytes.newZeroed(2 ** 29, { allocator });
      outcomes.push('handed out');
    } catch ({ code }) {
      outcomes.push(code);
    }
  }
  print({ outcomes, works: locked.MLockedBytes.newZeroed(32).size });
`;

describe('memory that the kernel does not give is an error and no abort', () => {
  test.skipIf(skipped !== undefined)(named('over the limit of data', skipped), () => {
    const refused = 'ERR_EVOLOCK_MEMORY_REFUSED';
    const prefix = ['prlimit', '--data=400000000'];
    expect(printedBy(asking, { prefix })).toEqual({ outcomes: [refused, refused], works: 32 });
  });

  test.skipIf(skipped !== undefined)(
    named('in small pieces, until the limit of data', skipped),
    () => {
      const script = `
        ${importing}
        const { code } = (() => {
          const values = [];
          try {
            for (;;) values.push(locked.MLockedBytes.newZeroed(60_000));
          } catch (error) {
            return error;
          }
        })();
        print(code);
      `;
      const prefix = ['prlimit', '--data=200000000'];
      expect(printedBy(script, { prefix })).toBe('ERR_EVOLOCK_MEMORY_REFUSED');
    },
  );
});

test('the error says how much was asked for, and how to get it', () => {
  const error = new MemoryRefusedError(4_096, 'limit of data', 100);
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_MEMORY_REFUSED', size: 4_096, left: 100 });
  for (const part of ['4096 bytes', '100 are left', 'limit of data', 'ulimit -d']) {
    expect(error.message).toContain(part);
  }
});
