import { execFile, spawnSync } from 'node:child_process';
import type * as fs from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { errorOf } from '@evolock/test-support';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  absolutePeriod,
  issueCertificate,
  issueToFile,
  readCertificate,
  readCounter,
  SpentNumberError,
  verifyCertificate,
  withLockFile,
  writeCounter,
  type IssueRequest,
} from '../../src/index.js';
import { checkRequest } from '../../src/files/issue-request.js';
import { takeNumber } from '../../src/files/take-number.js';
import { externalEnvelopes } from '../support/envelopes.js';
import { envelopeText, folder } from '../support/files.js';
import { faults } from '../support/faulty-fs.js';
import { coldKey } from '../support/keys.js';

vi.mock('node:fs', async (importOriginal) => {
  const { faulty } = await import('../support/faulty-fs.js');
  return faulty(await importOriginal<typeof fs>());
});

const real = await vi.importActual<typeof fs>('node:fs');
const LAST = 2n ** 64n - 1n;

beforeEach(() => faults.reset());

function counterAt(next: bigint): { counterPath: string; coldVerificationKey: Uint8Array } {
  const counterPath = join(folder(), 'cold.counter');
  const coldVerificationKey = coldKey().deriveVerificationKey();
  writeCounter(counterPath, { next, coldVerificationKey });
  return { counterPath, coldVerificationKey };
}

function requestWith(counterPath: string, key = coldKey()) {
  return {
    coldKey: key,
    counterPath,
    hotVerificationKey: new Uint8Array(32),
    startPeriod: absolutePeriod(400),
  };
}

/** Issues a certificate without a file for it. */
function issueWithCounter(request: IssueRequest) {
  const { coldKey: key, ...details } = checkRequest(request);
  return withLockFile(details.counterPath, () => {
    const sequenceNumber = takeNumber(details, () => undefined);
    return { certificate: issueCertificate(key, { ...details, sequenceNumber }) };
  });
}

/** The number that an error states as used; another error concerns a file, and no number was used. */
function spentIn(error: unknown): bigint | undefined {
  if (error instanceof SpentNumberError) return error.number;
  expect(error).toMatchObject({ code: 'ERR_EVOLOCK_IO_FILE' });
  return undefined;
}

describe('a certificate that is issued with a counter', () => {
  test('gets the number of the counter, and the next certificate the next number', () => {
    const { counterPath, coldVerificationKey } = counterAt(8n);
    for (const number of [8n, 9n, 10n]) {
      const issued = issueWithCounter(requestWith(counterPath));
      expect(issued.certificate.sequenceNumber).toBe(number);
      expect(verifyCertificate(issued.certificate, coldVerificationKey)).toEqual({ valid: true });
    }
    expect(readCounter(counterPath)).toMatchObject({
      next: 11n,
      description: 'Next certificate issue number: 11',
    });
  });

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

  test('needs a counter of its own cold key, with numbers left, and the lock', () => {
    const { counterPath } = counterAt(LAST - 1n);
    expect(errorOf(() => issueWithCounter(requestWith(counterPath, coldKey(10))))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_COUNTER',
      reason: 'other-cold-key',
    });
    const lock = join(counterPath, '..', '.cold.counter.evolock-lock');
    real.writeFileSync(lock, '');
    expect(errorOf(() => issueWithCounter(requestWith(counterPath)))).toMatchObject({
      reason: 'locked-elsewhere',
      path: lock,
    });
    real.unlinkSync(lock);
    expect(readCounter(counterPath).next).toBe(LAST - 1n);
    expect(issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber).toBe(LAST - 1n);
    expect(errorOf(() => issueWithCounter(requestWith(counterPath)))).toMatchObject({
      reason: 'exhausted',
    });
    expect(readCounter(counterPath).next).toBe(LAST);
  });

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

  test('is refused for a counter with two names', () => {
    const { counterPath, coldVerificationKey } = counterAt(8n);
    const twin = join(counterPath, '..', 'twin.counter');
    real.linkSync(counterPath, twin);
    for (const path of [counterPath, twin]) {
      const certificate = join(folder(), 'node.cert');
      for (const change of [
        () => issueWithCounter(requestWith(path)),
        () => issueToFile(certificate, requestWith(path)),
        () => writeCounter(path, { next: 9n, coldVerificationKey }, { replace: true }),
      ]) {
        const error = errorOf(change);
        expect(error).toMatchObject({ reason: 'several-counters', path });
        expect(error.message).toMatch(
          /more than one name \(hard links\).*used twice: remove them$/,
        );
      }
      expect(readCounter(path).next).toBe(8n);
      expect(real.existsSync(certificate)).toBe(false);
    }
    real.unlinkSync(twin);
    expect(issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber).toBe(8n);
  });

  test('takes no number for a wrong request', () => {
    const { counterPath } = counterAt(3n);
    const request = requestWith(counterPath);
    for (const change of [
      { hotVerificationKey: new Uint8Array(31) },
      { startPeriod: -1n },
      { coldKey: {} },
    ])
      expect(() => issueWithCounter({ ...request, ...change } as typeof request)).toThrow();
    expect(readCounter(counterPath).next).toBe(3n);
  });

  test('has a number of its own while several processes issue', async () => {
    const { counterPath } = counterAt(0n);
    const child = fileURLToPath(new URL('../support/issuing-child.mjs', import.meta.url));
    const run = () => promisify(execFile)(process.execPath, [child, counterPath, '12']);
    const outputs = await Promise.all([run(), run(), run()]);
    const numbers = outputs.flatMap(({ stdout }) => stdout.trim().split(' ').map(Number));
    expect(numbers.sort((left, right) => left - right)).toEqual(
      Array.from({ length: 36 }, (_, index) => index),
    );
    expect(readCounter(counterPath).next).toBe(36n);
  });
});

describe('a counter', () => {
  test('is written after the unfinished files of killed runs are erased', () => {
    const { counterPath, coldVerificationKey } = counterAt(5n);
    const left = join(counterPath, '..', '.cold.counter.0123456789ab.evolock-new');
    for (const write of [
      () => issueWithCounter(requestWith(counterPath)),
      () => writeCounter(counterPath, { next: 9n, coldVerificationKey }, { replace: true }),
    ]) {
      real.writeFileSync(left, 'x');
      write();
      expect(real.readdirSync(join(counterPath, '..'))).toEqual(['cold.counter']);
    }
  });

  test('never goes back, and keeps its cold key', () => {
    const { counterPath, coldVerificationKey } = counterAt(5n);
    const write = (next: bigint, key = coldVerificationKey) =>
      writeCounter(counterPath, { next, coldVerificationKey: key }, { replace: true });
    expect(errorOf(() => write(4n))).toMatchObject({ reason: 'backwards' });
    expect(errorOf(() => write(6n, new Uint8Array(32)))).toMatchObject({
      reason: 'other-cold-key',
    });
    expect(
      errorOf(() => writeCounter(counterPath, { next: 9n, coldVerificationKey })),
    ).toMatchObject({ reason: 'exists' });
    write(5n);
    write(7n);
    expect(readCounter(counterPath).next).toBe(7n);
    expect(real.readdirSync(join(counterPath, '..'))).toEqual(['cold.counter']);
  });

  test.each([
    ['an empty file', ''],
    [
      'another envelope',
      envelopeText('StakePoolVerificationKey_ed25519', `5820${'00'.repeat(32)}`),
    ],
    [
      'a third member',
      envelopeText('NodeOperationalCertificateIssueCounter', `83005820${'00'.repeat(32)}00`),
    ],
    [
      'a longer number',
      envelopeText('NodeOperationalCertificateIssueCounter', `8218005820${'00'.repeat(32)}`),
    ],
    [
      'a number of 2^64',
      envelopeText(
        'NodeOperationalCertificateIssueCounter',
        `82c2490100000000000000005820${'00'.repeat(32)}`,
      ),
    ],
    [
      'trailing CBOR',
      envelopeText('NodeOperationalCertificateIssueCounter', `82005820${'00'.repeat(32)}00`),
    ],
  ])('in a wrong file is refused, and the file stays: %s', (_name, text) => {
    const counterPath = join(folder(), 'cold.counter');
    real.writeFileSync(counterPath, text);
    for (const call of [
      () => readCounter(counterPath),
      () => issueWithCounter(requestWith(counterPath)),
      () =>
        writeCounter(
          counterPath,
          { next: 1n, coldVerificationKey: new Uint8Array(32) },
          { replace: true },
        ),
    ])
      expect(errorOf(call)['code']).toBe('ERR_EVOLOCK_CARDANO_ENVELOPE');
    expect(real.readFileSync(counterPath, 'utf8')).toBe(text);
  });
});

const counters = externalEnvelopes(
  'cardano-cli/opcert.counter',
  'kes-agent/opcert.counter',
  'pycardano-local-chang/opcert.counter',
);
test.each(counters)('a counter of cardano-cli is written again with the same text: %s', (path) => {
  const { next, coldVerificationKey, description } = readCounter(path);
  const copy = join(folder(), 'cold.counter');
  writeCounter(copy, { next, coldVerificationKey });
  expect(real.readFileSync(copy, 'utf8').trim()).toBe(real.readFileSync(path, 'utf8').trim());
  expect(description).toBe(`Next certificate issue number: ${String(next)}`);
  const { certificate } = readCertificate(path.replace('.counter', '.cert'));
  // The counter in cardano-cli/ belongs to another key.
  if (!path.includes('cardano-cli')) expect(certificate.sequenceNumber).toBe(next - 1n);
});
