// macOS and Windows, injected into the process: no /proc. None of this ran on the real system.
import type * as fs from 'node:fs';
import { onPlatform } from '@evolock/test-support/on-platform';
import { describe, expect, test, vi } from 'vitest';
import {
  LockLimitError,
  lockStatus,
  mappingAllocator,
  MLockedBytes,
  preflight,
  RegionLimitError,
} from '../../src/index.js';

vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const missing = (path: unknown) => typeof path === 'string' && path.startsWith('/proc/');
  const refuse = () => {
    throw Object.assign(new Error('refused by the test'), { code: 'ENOENT' });
  };
  return {
    ...actual,
    readFileSync: (path: string, ...others: []) =>
      missing(path) ? refuse() : actual.readFileSync(path, ...others),
    statSync: (path: string, ...others: []) =>
      missing(path) ? undefined : actual.statSync(path, ...others),
  };
});

const unknown = { limit: undefined, locked: undefined };

describe.each(['darwin', 'win32'] as const)('on %s', (platform) => {
  test('memory is locked, and limits are unknown, but that of regions', () => {
    onPlatform(platform);
    const bytes = MLockedBytes.newZeroed(32);
    // Larger than what is checked before it is mapped.
    const region = MLockedBytes.newZeroed(200_000, { allocator: mappingAllocator });
    expect(lockStatus()).toEqual({ ...unknown, policy: 'require', unlockedRegions: 0 });
    region.release();
    bytes.release();
    expect(preflight({ lockedSize: 256 }, { count: 10 })).toEqual({
      fits: undefined,
      available: undefined,
      coreLimit: undefined,
      dumpable: undefined,
      inspector: undefined,
      revealingOptions: [],
    });
    expect(() => preflight({ lockedSize: 1_048_576 }, { count: 5_000 })).toThrow(RegionLimitError);
  });
});

const cannot = '65536 bytes could not be locked in memory (limit unknown, locked unknown). ';

test.each([
  [
    'darwin',
    `${cannot}Raise the limit: \`ulimit -l\` in the shell; or release keys that are no longer needed`,
  ],
  [
    'win32',
    `${cannot}Windows lets a process lock as much as its minimum working set, which Node.js cannot raise: lock less; ` +
      'or release keys that are no longer needed',
  ],
  ['linux', '`LimitMEMLOCK=` in a systemd unit, `--ulimit memlock=` for a container'],
] as const)(
  'on %s, what to do when memory cannot be locked is said for that system',
  (platform, says) => {
    onPlatform(platform);
    expect(new LockLimitError(65_536, unknown).message).toContain(says);
    const isLinux = platform === 'linux';
    expect(new RegionLimitError(4_096).message.includes('vm.max_map_count')).toBe(isLinux);
  },
);
