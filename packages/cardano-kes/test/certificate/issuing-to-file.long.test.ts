import { spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { leftoversOf } from '@evolock/direct-serialise-io/files';
import { errorOf } from '@evolock/test-support';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { absolutePeriod, certificateVerdict } from '@evolock/cardano-headers';
import {
  issueToFile,
  issueToFileWithSigner,
  readCertificate,
  readCounter,
  ReservedNumberError,
  SpentNumberError,
  withLockFile,
  writeCounter,
  type WriteOptions,
} from '../../src/all.js';
import { FIRST, folder, issuingWorld } from '../support/files.js';
import { faults, type Moment } from '../support/faulty-fs.js';
import { coldKey } from '../support/keys.js';

vi.mock('node:fs', async (importOriginal) => {
  const { faulty } = await import('../support/faulty-fs.js');
  return faulty(await importOriginal<typeof fs>());
});

const real = await vi.importActual<typeof fs>('node:fs');

beforeEach(() => faults.reset());

function world() {
  const { path, counterPath, request } = issuingWorld();
  faults.reset();
  const issue = (options?: WriteOptions, to = path, reuseNumber?: bigint) =>
    issueToFile(to, { ...request, reuseNumber }, options);
  return { path, counterPath, issue, request };
}

function numberAt(path: string): bigint | undefined {
  return real.existsSync(path) ? readCertificate(path).certificate.sequenceNumber : undefined;
}

function outcomeOf(issue: () => unknown): unknown {
  try {
    issue();
    return 'done';
  } catch (error) {
    return error;
  }
}

/** Removes locks: the process of a simulated kill continues, so its locks are not stale. */
function removeLocks(...paths: string[]): void {
  for (const path of paths)
    for (const name of real.readdirSync(dirname(path)))
      if (name.startsWith(`.${basename(path)}.evolock-lock`))
        real.unlinkSync(join(dirname(path), name));
}

/** A world whose first run was killed when it named the certificate. */
function killed() {
  world().issue();
  const failing = faults.calls.lastIndexOf('linkSync') + 1;
  const made = world();
  Object.assign(faults, { failing, moment: 'permanently' });
  outcomeOf(() => made.issue());
  faults.reset();
  removeLocks(made.path, made.counterPath);
  return made;
}

describe('issueToFile', () => {
  test('writes the returned certificate with the next number, and leaves no other file', () => {
    const { path, counterPath, issue } = world();
    for (const number of [7n, 8n]) {
      const issued = issue({ replace: number > FIRST });
      expect(readCertificate(path)).toEqual({ ...issued, description: '' });
      expect(issued.certificate.sequenceNumber).toBe(number);
      const { certificate, coldVerificationKey } = issued;
      expect(certificateVerdict(certificate, coldVerificationKey).valid).toBe(true);
    }
    expect(readCounter(counterPath).next).toBe(9n);
    expect(real.readdirSync(dirname(path))).toEqual(['node.cert']);
    expect(real.readdirSync(dirname(counterPath))).toEqual(['cold.counter']);
  });

  const throughLink = (counterPath: string, path: string) => {
    real.symlinkSync(dirname(counterPath), path);
    return join(path, basename(counterPath));
  };

  test.each<[what: string, hasCounter: boolean, make: (counter: string, path: string) => string]>([
    ['its path', true, (counterPath) => counterPath],
    ['its path, without a counter', false, (counterPath) => counterPath],
    ['another path', true, (counterPath) => `${dirname(counterPath)}/./${basename(counterPath)}`],
    ['a link to its folder', true, throughLink],
    ['a link to its folder, without a counter', false, throughLink],
    ['a hard link', true, (counterPath, path) => (real.linkSync(counterPath, path), path)],
  ])('refuses the file of the counter as the certificate: %s', (_what, hasCounter, make) => {
    const { path, counterPath, issue } = world();
    if (!hasCounter) real.unlinkSync(counterPath);
    const to = make(counterPath, path);
    const there = real.readdirSync(dirname(counterPath));
    for (const replace of [true, false])
      expect(errorOf(() => issue({ replace }, to))).toMatchObject({
        code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
        message: 'certificatePath: expected another file than the counter, received the same',
      });
    expect(real.readdirSync(dirname(counterPath))).toEqual(there);
    if (there.length > 0) expect(readCounter(counterPath).next).toBe(FIRST);
  });

  test('allocates room on the disk before it takes a number', () => {
    const { issue, path } = world();
    issue();
    const { size } = real.statSync(path);
    const { calls } = faults;
    const again = world();
    // Killed right before the counter is advanced: the first rename of a new counter.
    const moment: Moment = 'permanently';
    Object.assign(faults, { failing: calls.indexOf('renameSync') + 1, moment });
    expect(() => again.issue()).toThrow();
    faults.reset();
    expect(readCounter(again.counterPath).next).toBe(FIRST);
    const [left] = leftoversOf(again.path);
    const content = real.readFileSync(left!);
    expect(content.byteLength).toBeGreaterThanOrEqual(size);
    expect(content.every((byte) => byte === 0)).toBe(true);
    const reserved = join(dirname(again.counterPath), '.cold.counter.evolock-reserved');
    expect(JSON.parse(real.readFileSync(reserved, 'utf8'))).toMatchObject({
      evolockReservation: { number: '7', startPeriod: '400', certificatePath: again.path },
    });
  });

  test.each([
    ['renameSync', FIRST],
    ['fsyncSync', FIRST + 1n],
  ])('says that a number may be used when the counter cannot be read again: %s', (name, next) => {
    world().issue();
    const advanced = faults.calls.lastIndexOf('renameSync');
    const failing = faults.calls.indexOf(name, advanced) + 1;
    const { counterPath, issue } = world();
    Object.assign(faults, { failing, moment: 'permanently' });
    // The unfinished certificate cannot be erased either.
    const { cause } = errorOf(() => issue());
    faults.reset();
    const [error] = (cause as AggregateError).errors as [Error];
    expect(error).toMatchObject({ number: FIRST, isCertain: false });
    expect(error.message).toMatch(/not known whether the certificate number 7 is used up/);
    expect(readCounter(counterPath).next).toBe(next);
  });

  test('issues on a file system without hard links, also after a killed run', () => {
    const { counterPath, issue } = world();
    faults.unsupported.set('linkSync', 'EPERM');
    const { pid } = spawnSync(process.execPath, ['--version']);
    const lock = join(dirname(counterPath), '.cold.counter.evolock-lock');
    const own = withLockFile(counterPath, () => real.readFileSync(lock, 'utf8'));
    real.writeFileSync(lock, JSON.stringify({ ...(JSON.parse(own) as object), pid }));
    for (const number of [FIRST, FIRST + 1n])
      expect(issue({ replace: true }).certificate.sequenceNumber).toBe(number);
    expect(real.readdirSync(dirname(counterPath))).toEqual(['cold.counter']);
    real.writeFileSync(lock, own);
    expect(errorOf(() => issue())).toMatchObject({ reason: 'locked', path: lock });
  });

  test('killed before any call while it reuses a number, leaves the reservation or the certificate', () => {
    const { issue, path: one } = killed();
    expect(outcomeOf(() => issue())).toBeInstanceOf(ReservedNumberError);
    faults.reset();
    issue({}, one, FIRST);
    const { calls } = faults;
    for (const [index, name] of calls.entries()) {
      const what = `killed before ${name} (call ${String(index + 1)})`;
      const { path, counterPath, issue: issueHere } = killed();
      Object.assign(faults, { failing: index + 1, moment: 'permanently' });
      outcomeOf(() => issueHere({}, path, FIRST));
      faults.reset();
      removeLocks(path, counterPath);
      if (numberAt(path) === undefined) {
        expect(
          outcomeOf(() => issueHere()),
          what,
        ).toBeInstanceOf(ReservedNumberError);
        issueHere({}, path, FIRST);
      }
      expect([numberAt(path), readCounter(counterPath).next], what).toEqual([FIRST, FIRST + 1n]);
    }
  });

  test('reuses only the last number, with the same key', () => {
    const { path, counterPath, issue } = world();
    issue();
    issue({ replace: true });
    const reason = 'not-its-last';
    for (const number of [0n, 7n, 9n, 10n])
      expect(errorOf(() => issue({ replace: true }, path, number))).toMatchObject({ reason });
    expect(numberAt(path)).toBe(8n);
    expect(issue({ replace: true }, path, 8n).certificate.sequenceNumber).toBe(8n);
    expect(readCounter(counterPath).next).toBe(9n);
    const cold = coldKey(10);
    const request = { coldKey: cold, counterPath, hotVerificationKey: new Uint8Array(32) };
    const reuse = { ...request, startPeriod: absolutePeriod(1), reuseNumber: 8n };
    expect(errorOf(() => issueToFile(path, reuse, { replace: true }))).toMatchObject({
      reason: 'other-cold-key',
    });
    expect(real.readdirSync(dirname(path))).toEqual(['node.cert']);
  });

  test('a reservation stops the next run for the counter, whatever its certificate', () => {
    const { issue, path, counterPath } = killed();
    const other = join(folder(), 'other.cert');
    const error = outcomeOf(() => issue({}, other));
    expect(error).toBeInstanceOf(ReservedNumberError);
    expect(error).toMatchObject({ reservation: { number: FIRST, certificatePath: path } });
    expect((error as Error).message).toMatch(/number 7 was reserved .*node\.cert.*reuseNumber: 7n/);
    expect(numberAt(other)).toBeUndefined();
    expect(readCounter(counterPath).next).toBe(FIRST + 1n);
    issue({}, other, FIRST);
    expect(numberAt(other)).toBe(FIRST);
    expect(real.readdirSync(dirname(counterPath))).toEqual(['cold.counter']);
    expect(issue().certificate.sequenceNumber).toBe(FIRST + 1n);
  });

  test.each<[what: string, make: (counterPath: string, path: string) => void]>([
    [
      'whose certificate exists',
      (_counter, path) => {
        const twin = world();
        real.copyFileSync((twin.issue(), twin.path), path);
      },
    ],
    [
      'of a number that the counter did not give',
      (counterPath) =>
        writeCounter(
          counterPath,
          { ...readCounter(counterPath), next: 7n },
          { replace: true, backwards: true },
        ),
    ],
    [
      'that is damaged',
      (counterPath) =>
        real.writeFileSync(
          join(dirname(counterPath), '.cold.counter.evolock-reserved'),
          '{"evolockReservation":{"number":"7"}}',
        ),
    ],
  ])('a reservation %s stops no run', (_what, make) => {
    const { issue, path, counterPath } = killed();
    make(counterPath, path);
    const { next } = readCounter(counterPath);
    expect(issue({}, join(folder(), 'next.cert')).certificate.sequenceNumber).toBe(next);
    expect(real.readdirSync(dirname(counterPath))).toEqual(['cold.counter']);
  });
});

type Issue = (reuseNumber?: bigint, options?: WriteOptions) => unknown;

/** Both functions, with the cold key of a world: one has it, the other asks a signer who has it. */
const functions: readonly [name: string, of: (made: ReturnType<typeof world>) => Issue][] = [
  [
    'issueToFile',
    ({ path, request }) =>
      (reuseNumber, options) =>
        outcomeOf(() => issueToFile(path, { ...request, reuseNumber }, options)),
  ],
  [
    'issueToFileWithSigner',
    ({ path, request: { coldKey: cold, ...details } }) =>
      async (reuseNumber, options) => {
        const coldVerificationKey = cold.deriveVerificationKey();
        const request = { ...details, coldVerificationKey, reuseNumber };
        const sign = (message: Uint8Array) => Promise.resolve(cold.sign(message));
        return issueToFileWithSigner(path, request, sign, options).catch((error: unknown) => error);
      },
  ],
];

/** The last is as after a kill. */
const moments: readonly Moment[] = ['before', 'after', 'permanently'];

describe.each(functions)('%s', (name, of) => {
  // The other one takes the same steps when it replaces a file.
  const choices = name === 'issueToFile' ? [false, true] : [false];
  test.each(moments.flatMap((moment) => choices.map((replace) => [moment, replace] as const)))(
    'when any call fails, %s its effect, its number has a certificate, or is kept, or was not taken: replacing %s',
    async (moment, replace) => {
      await of(world())(undefined, { replace });
      const { calls } = faults;
      expect(calls).toContain('ftruncateSync');
      const seen = { free: 0, issued: 0, kept: 0 };
      for (const [index, call] of calls.entries()) {
        const what = `${call} (call ${String(index + 1)}) ${moment}`;
        const made = world();
        const { path, counterPath, request } = made;
        const issue = of(made);
        Object.assign(faults, { failing: index + 1, moment });
        const error = await issue(undefined, { replace });
        faults.reset();
        removeLocks(path, counterPath);
        const { next } = readCounter(counterPath);
        const state = next === FIRST ? 'free' : numberAt(path) === FIRST ? 'issued' : 'kept';
        seen[state] += 1;
        // A killed process reports no error.
        if (moment !== 'permanently') {
          if (state !== 'issued') expect(error, what).toBeInstanceOf(Error);
          if (state === 'kept') expect(error, what).toBeInstanceOf(SpentNumberError);
          if (error instanceof SpentNumberError) {
            expect([error.number, next], what).toEqual([FIRST, FIRST + 1n]);
            expect(error.message, what).toMatch(/number 7 is used up.*reuseNumber: 7n/);
          }
        }
        if (state === 'kept') {
          const { hotVerificationKey, startPeriod } = request;
          const reservation = { number: FIRST, hotVerificationKey, startPeriod };
          const refused = await issue(undefined, { replace: true });
          expect(refused, what).toBeInstanceOf(ReservedNumberError);
          expect(refused, what).toMatchObject({ reservation });
          // The next run throws the same error, and the counter does not change.
          expect(await issue(undefined, { replace: true }), what).toEqual(refused);
          expect(readCounter(counterPath).next, what).toBe(FIRST + 1n);
          await issue(FIRST);
        } else await issue(undefined, { replace: true });
        const last = state === 'issued' ? FIRST + 1n : FIRST;
        expect([numberAt(path), readCounter(counterPath).next], what).toEqual([last, last + 1n]);
        expect(real.readdirSync(dirname(path)), what).toEqual(['node.cert']);
        expect(real.readdirSync(dirname(counterPath)), what).toEqual(['cold.counter']);
      }
      for (const [state, count] of Object.entries(seen)) expect(count, state).toBeGreaterThan(0);
    },
  );
});
