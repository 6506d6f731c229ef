/** Certificates that are issued while calls of the file system fail. */
import { spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { join } from 'node:path';
import { errorOf } from '@evolock/test-support';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readCounter, withLockFile } from '../../src/index.js';
import { counterAt, issueWithCounter, requestWith } from '../support/counters.js';
import { faults } from '../support/faulty-fs.js';

vi.mock('node:fs', async (importOriginal) => {
  const { faulty } = await import('../support/faulty-fs.js');
  return faulty(await importOriginal<typeof fs>());
});

const real = await vi.importActual<typeof fs>('node:fs');

beforeEach(() => faults.reset());

describe('a certificate that is issued with a counter', () => {
  test('is not signed when the counter may not be on the disk', () => {
    const { counterPath } = counterAt(3n);
    issueWithCounter(requestWith(counterPath));
    faults.reset();
    issueWithCounter(requestWith(counterPath));
    const flushOfDirectory = faults.calls.lastIndexOf('fsyncSync') + 1;
    faults.reset();
    faults.failing = flushOfDirectory;
    expect(errorOf(() => issueWithCounter(requestWith(counterPath)))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_SPENT_NUMBER',
      number: 5n,
      isCertain: true,
      cause: { reason: 'not-durable' },
    });
  });

  test.each([
    ['renameSync', 5n],
    ['fsyncSync', 6n],
  ])(
    'has an error with isCertain false when the counter cannot be read again: %s',
    (name, next) => {
      const { counterPath } = counterAt(4n);
      faults.reset();
      issueWithCounter(requestWith(counterPath));
      const failing = faults.calls.lastIndexOf(name) + 1;
      faults.reset();
      Object.assign(faults, { failing, moment: 'permanently' });
      const error = errorOf(() => issueWithCounter(requestWith(counterPath)));
      faults.reset();
      expect(error).toMatchObject({
        code: 'ERR_EVOLOCK_CARDANO_SPENT_NUMBER',
        number: 5n,
        isCertain: false,
      });
      expect(error.message).toMatch(/not known whether the certificate number 5 is used up/);
      expect(readCounter(counterPath).next).toBe(next);
    },
  );

  test('is issued on a file system without hard links, also after a killed run', () => {
    const { counterPath } = counterAt(3n);
    faults.unsupported.set('linkSync', 'EPERM');
    const { pid } = spawnSync(process.execPath, ['--version']);
    const lock = join(counterPath, '..', '.cold.counter.evolock-lock');
    const own = withLockFile(counterPath, () => real.readFileSync(lock, 'utf8'));
    const holder = JSON.parse(own) as object;
    real.writeFileSync(lock, JSON.stringify({ ...holder, pid }));
    for (const number of [3n, 4n])
      expect(issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber).toBe(number);
    expect(real.readdirSync(join(counterPath, '..'))).toEqual(['cold.counter']);
    real.writeFileSync(lock, own);
    expect(errorOf(() => issueWithCounter(requestWith(counterPath)))).toMatchObject({
      reason: 'locked',
      path: lock,
    });
  });
});
