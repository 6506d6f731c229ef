import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { lockStatus, MemoryRefusedError } from '../../src/index.js';
import { importing, named, notLinux, printedBy } from '../support/child.js';

const noPrlimit = spawnSync('prlimit', ['--version']).status === 0 ? undefined : 'no prlimit here';
const { limit = Infinity, unlimited = true } = lockStatus();
const tooLow = unlimited || limit >= 2 ** 30 ? undefined : 'the lock limit comes first';
const skipped = notLinux ?? noPrlimit ?? tooLow;

/** Leaves the process so many bytes beyond what it has: what an engine reserves at start varies. */
const leaving = (bytes: number): string => `
  const { execFileSync } = await import('node:child_process');
  const { readFileSync } = await import('node:fs');
  const [, kibibytes] = /^VmData:\\s*(\\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'));
  const limit = Number(kibibytes) * 1_024 + ${bytes};
  execFileSync('prlimit', ['--pid', String(process.pid), '--data=' + limit]);
`;

const asking = `
  ${importing}
  ${leaving(300_000_000)}
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

describe('memory that the kernel refuses is an error and no abort', () => {
  test.skipIf(skipped !== undefined)(named('over the limit of data', skipped), () => {
    const refused = 'ERR_EVOLOCK_MEMORY_REFUSED';
    expect(printedBy(asking)).toEqual({ outcomes: [refused, refused], works: 32 });
  });

  test.skipIf(skipped !== undefined)(
    named('in small pieces, until the limit of data', skipped),
    () => {
      const script = `
        ${importing}
        ${leaving(100_000_000)}
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
      expect(printedBy(script)).toBe('ERR_EVOLOCK_MEMORY_REFUSED');
    },
  );
});

test('the error has the requested size, and states how to get it', () => {
  const error = new MemoryRefusedError(4_096, 'limit of data', 100);
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_MEMORY_REFUSED', size: 4_096, left: 100 });
  for (const part of ['4096 bytes', '100 are left', 'limit of data', 'ulimit -d']) {
    expect(error.message).toContain(part);
  }
});
