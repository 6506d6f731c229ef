import {
  existsSync,
  linkSync,
  readdirSync,
  readFileSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { codeOf, errorOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import {
  issueToFile,
  readCertificate,
  readCounter,
  readReservation,
  writeCounter,
} from '../../src/all.js';
import {
  counterAt,
  envelopeText,
  externalEnvelopes,
  folder,
  issueWithCounter,
  requestWith,
} from '../support/files.js';
import { coldKey } from '../support/keys.js';

const LAST = 2n ** 64n - 1n;

describe('a certificate that is issued with a counter', () => {
  test('needs a counter of its own cold key, with numbers left, and the lock', () => {
    const { counterPath } = counterAt(LAST - 1n);
    expect(errorOf(() => issueWithCounter(requestWith(counterPath, coldKey(10))))).toMatchObject({
      code: 'ERR_EVOLOCK_CARDANO_COUNTER',
      reason: 'other-cold-key',
    });
    const lock = join(counterPath, '..', '.cold.counter.evolock-lock');
    writeFileSync(lock, '');
    expect(errorOf(() => issueWithCounter(requestWith(counterPath)))).toMatchObject({
      reason: 'locked-elsewhere',
      path: lock,
    });
    unlinkSync(lock);
    expect(readCounter(counterPath).next).toBe(LAST - 1n);
    expect(issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber).toBe(LAST - 1n);
    expect(errorOf(() => issueWithCounter(requestWith(counterPath)))).toMatchObject({
      reason: 'exhausted',
    });
    expect(readCounter(counterPath).next).toBe(LAST);
  });

  test('takes no number that the network refuses by what is on chain', () => {
    const { counterPath } = counterAt(8n);
    const request = requestWith(counterPath);
    for (const known of [
      { onChain: 5n },
      { onChain: 8n },
      { onChain: 'none' },
      { onChain: 7n, inUse: 7n, reuseNumber: 7n },
    ] as const) {
      const error = errorOf(() => issueWithCounter({ ...request, ...known }));
      expect(error).toMatchObject({
        code: 'ERR_EVOLOCK_CARDANO_COUNTER',
        reason: 'refused-number',
      });
      expect(readCounter(counterPath).next).toBe(8n);
      expect(readReservation(counterPath)).toBeUndefined();
    }
    const wrong = wrongly({ ...request, onChain: 'never' });
    expect(codeOf(() => issueWithCounter(wrong))).toBe('ERR_EVOLOCK_ARGUMENT_VALUE');
    const { certificate } = issueWithCounter({ ...request, onChain: 7n, inUse: 7n });
    expect(certificate.sequenceNumber).toBe(8n);
  });

  test('is refused for a counter with two names', () => {
    const { counterPath, coldVerificationKey } = counterAt(8n);
    const twin = join(counterPath, '..', 'twin.counter');
    linkSync(counterPath, twin);
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
      expect(existsSync(certificate)).toBe(false);
    }
    unlinkSync(twin);
    expect(issueWithCounter(requestWith(counterPath)).certificate.sequenceNumber).toBe(8n);
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
      writeFileSync(left, 'x');
      write();
      expect(readdirSync(join(counterPath, '..'))).toEqual(['cold.counter']);
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
    expect(readdirSync(join(counterPath, '..'))).toEqual(['cold.counter']);
  });

  const key = `5820${'00'.repeat(32)}`;
  const counterText = (hex: string) => envelopeText('NodeOperationalCertificateIssueCounter', hex);

  test.each([
    ['an empty file', ''],
    ['another envelope', envelopeText('StakePoolVerificationKey_ed25519', key)],
    ['a third member', counterText(`8300${key}00`)],
    ['a longer number', counterText(`821800${key}`)],
    ['a number of 2^64', counterText(`82c249010000000000000000${key}`)],
    ['trailing CBOR', counterText(`8200${key}00`)],
  ])('in a wrong file is refused, and the file stays: %s', (_name, text) => {
    const counterPath = join(folder(), 'cold.counter');
    writeFileSync(counterPath, text);
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
    expect(readFileSync(counterPath, 'utf8')).toBe(text);
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
  expect(readFileSync(copy, 'utf8').trim()).toBe(readFileSync(path, 'utf8').trim());
  expect(description).toBe(`Next certificate issue number: ${String(next)}`);
  const { certificate } = readCertificate(path.replace('.counter', '.cert'));
  // The counter in cardano-cli/ belongs to another key.
  if (!path.includes('cardano-cli')) expect(certificate.sequenceNumber).toBe(next - 1n);
});
