/** Certificates that are issued while calls of the file system fail. */
import { spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { join } from 'node:path';
import { errorOf } from '@evolock/test-support';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { readCounter, SpentNumberError, withLockFile } from '../../src/index.js';
import { counterAt, issueWithCounter, requestWith } from '../support/counters.js';
import { faults } from '../support/faulty-fs.js';

vi.mock('node:fs', async (importOriginal) => {
  const { faulty } = await import('../support/faulty-fs.js');
  return faulty(await importOriginal<typeof fs>());
});

const real = await vi.importActual<typeof fs>('node:fs');

beforeEach(() => faults.reset());

/** The number that an error states as used; another error concerns a file, and no number was used. */
function spentIn(error: unknown): bigint | undefined {
  if (error instanceof SpentNumberError) return error.number;
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
  return undefined;
}

describe('a certificate that is issued with a counter', () => {
  test('never gets the number of another certificate when any call fails', () => {
    const { counterPath } = counterAt(0n);
    faults.reset();
    issueWithCounter(requestWith(counterPath));
    const { calls } = faults;
    expect(calls).toContain('renameSync');
    const issued = new Set([0n]);
    for (const failing of calls.keys()) {
      for (const moment of ['before', 'after'] as const) {
        faults.reset();
        Object.assign(faults, { failing: failing + 1, moment });
        const before = issued.size;
        try {
          issued.add(issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber);
          expect(issued.size).toBe(before + 1);
        } catch (error) {
          faults.reset();
          // The error states a used number exactly when one was used.
          const { next } = readCounter(counterPath);
          const number = spentIn(error);
          expect(number, String(error)).toBe(issued.has(next - 1n) ? undefined : next - 1n);
          if (number !== undefined) issued.add(number);
        }
        faults.reset();
        // A lock that was not removed, or whose creation reported a failure.
        for (const name of real.readdirSync(join(counterPath, '..')))
          if (name.includes('.evolock-lock')) real.unlinkSync(join(counterPath, '..', name));
        const next = issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber;
        expect(issued).not.toContain(next);
        issued.add(next);
      }
    }
  });

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
