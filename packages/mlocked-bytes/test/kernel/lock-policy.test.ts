import { errorOf } from '@evolock/test-support';
import { asOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect, test } from 'vitest';
import { lockStatus, LockPolicyError, MLockedBytes, setLockPolicy } from '../../src/index.js';
import {
  importing,
  named,
  noOrdinaryUser,
  printedBy,
  runChild,
  testUnless,
} from '../support/child.js';

const options = { prefix: asOrdinaryUser(0) };
const skipped = noOrdinaryUser;

test('a lock policy cannot be changed after memory was locked', () => {
  MLockedBytes.newZeroed(32).release();
  setLockPolicy('require');
  const error = errorOf(() => setLockPolicy('off'));
  expect(error).toBeInstanceOf(LockPolicyError);
  expect(error['code']).toBe('ERR_EVOLOCK_LOCK_POLICY');
  expect(lockStatus()).toMatchObject({ policy: 'require', unlockedRegions: 0 });
});

const useUnlocked = (policy: string) => `
  import { subscribe } from 'node:diagnostics_channel';
  ${importing}
  const reports = [];
  subscribe('evolock:memory:unlocked', ({ error }) => reports.push(error.code));
  process.on('warning', (warning) => reports.push(warning.code));
  ${policy === '' ? '' : `locked.setLockPolicy(${JSON.stringify(policy)});`}
  let outcome;
  try {
    const bytes = locked.MLockedBytes.fromBytes(Buffer.alloc(32, 7));
    outcome = bytes.withBytes((view) => view.every((byte) => byte === 7));
  } catch (error) {
    outcome = error.code;
  }
  const { policy, unlockedRegions } = locked.lockStatus();
  setImmediate(() => print({ outcome, reports, policy, unlockedRegions }));
`;

const limit = 'ERR_EVOLOCK_LOCK_LIMIT';
const outcomes: [string, object][] = [
  ['', { outcome: limit, reports: [], policy: 'require', unlockedRegions: 0 }],
  ['require', { outcome: limit, reports: [], policy: 'require', unlockedRegions: 0 }],
  [
    'warn',
    { outcome: true, reports: [limit, 'EVOLOCK_UNLOCKED'], policy: 'warn', unlockedRegions: 1 },
  ],
  ['off', { outcome: true, reports: [], policy: 'off', unlockedRegions: 1 }],
];

test.skipIf(skipped !== undefined).each(outcomes)(
  named('memory that cannot be locked, under the policy "%s"', skipped),
  (policy, expected) => {
    expect(printedBy(useUnlocked(policy), options)).toEqual(expected);
  },
);

testUnless(
  skipped,
  'an unlocked region is counted until its release, and wiped at exit too',
  () => {
    const script = `
      ${importing}
      locked.setLockPolicy('off');
      const region = locked.MLockedBytes.newZeroed(32, { allocator: locked.mappingAllocator });
      const counts = [locked.lockStatus().unlockedRegions];
      region.release();
      counts.push(locked.lockStatus().unlockedRegions);
      const view = unsoundMemory(locked.MLockedBytes.fromBytes(Buffer.alloc(32, 7)));
      process.on('exit', () => print({ counts, wiped: view.every((byte) => byte === 0) }));
      process.exit(3);
    `;
    const printed = { counts: [1, 0], wiped: true };
    expect(runChild(script, options)).toMatchObject({ status: 3, printed });
  },
);
