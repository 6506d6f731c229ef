/** Issuing with a cold key that is elsewhere: the caller's function signs, now or later. */
import { EventEmitter, once } from 'node:events';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorOf, rejectionOf, wrongly } from '@evolock/test-support';
import { describe, expect, test } from 'vitest';
import { certificateVerdict } from '@evolock/cardano-headers';
import {
  FileError,
  issueToFile,
  issueToFileWithSigner,
  readCertificate,
  readCounter,
  ReservedNumberError,
  SpentNumberError,
  writeCounter,
  type ColdSigner,
  type SignerIssueRequest,
} from '../../src/all.js';
import { FIRST, folder, issuingWorld } from '../support/files.js';
import { coldKey } from '../support/keys.js';

function world() {
  const { path, counterPath, coldVerificationKey, request: whole } = issuingWorld();
  const { coldKey: cold, ...details } = whole;
  const request: SignerIssueRequest = { ...details, coldVerificationKey };
  const issue = (sign: ColdSigner, more: Partial<SignerIssueRequest> = {}) =>
    issueToFileWithSigner(path, { ...request, ...more }, sign);
  const sign: ColdSigner = (message) => cold.sign(message);
  const names = () => [...readdirSync(dirname(path)), ...readdirSync(dirname(counterPath))];
  return { cold, path, counterPath, request, issue, sign, names };
}

/** A signer that tells of its call, and waits for its answer. */
function slow(sign: ColdSigner) {
  const events = new EventEmitter();
  const called = once(events, 'called');
  const signer: ColdSigner = async (message, body) => {
    const answered = once(events, 'answer');
    events.emit('called');
    await answered;
    return sign(message, body);
  };
  return { signer, called, answer: () => void events.emit('answer') };
}

describe('issueToFileWithSigner', () => {
  test('writes the certificate that issueToFile writes with the same key', async () => {
    const { cold, path, counterPath, request, issue, sign, names } = world();
    const issued = await issue(sign);
    expect(readCertificate(path)).toMatchObject(issued);
    expect(certificateVerdict(issued.certificate, request.coldVerificationKey).valid).toBe(true);
    expect(readCounter(counterPath).next).toBe(FIRST + 1n);
    const again = { ...request, coldKey: cold, reuseNumber: FIRST };
    expect(issueToFile(path, again, { replace: true })).toEqual(issued);
    expect(names()).toEqual(['node.cert', 'cold.counter']);
  });

  test('gives the signer the message and its fields, as copies, when the number is taken', async () => {
    const { path, counterPath, request, issue, cold } = world();
    const hotVerificationKey = new Uint8Array(request.hotVerificationKey);
    const { certificate } = await issue(
      (message, body) => {
        expect(Buffer.from(message).toString('hex')).toBe(
          `${'03'.repeat(32)}${'7'.padStart(16, '0')}${'190'.padStart(16, '0')}`,
        );
        expect(body).toEqual({ hotVerificationKey, sequenceNumber: FIRST, startPeriod: 400n });
        expect(readCounter(counterPath).next).toBe(FIRST + 1n);
        const signature = cold.sign(message);
        for (const each of [message, body.hotVerificationKey, hotVerificationKey]) each.fill(9);
        return signature;
      },
      { hotVerificationKey },
    );
    expect(certificate.hotVerificationKey).toEqual(request.hotVerificationKey);
    expect(readCertificate(path).certificate).toEqual(certificate);
  });

  const thrown = () => {
    throw new RangeError('no device');
  };
  const wrongSignature = { code: 'ERR_EVOLOCK_CARDANO_COLD_SIGNATURE' };

  test.each<[what: string, sign: (good: ColdSigner) => ColdSigner, cause: object]>([
    ['throws', () => thrown, { message: 'no device' }],
    ['rejects', () => () => Promise.reject(new Error('refused')), { message: 'refused' }],
    ['returns nothing', () => wrongly(() => undefined), { code: 'ERR_EVOLOCK_ARGUMENT_TYPE' }],
    ['returns 63 bytes', () => () => new Uint8Array(63), { code: 'ERR_EVOLOCK_ARGUMENT_VALUE' }],
    ['returns zeros', () => () => new Uint8Array(64), wrongSignature],
    [
      'signs another message',
      (good) => (message, body) => good(message.fill(1), body),
      wrongSignature,
    ],
    ['signs with another key', () => (message) => coldKey(10).sign(message), wrongSignature],
  ])(
    'keeps the number of a signer that %s for the next run, and writes no certificate',
    async (_what, bad, cause) => {
      const { path, counterPath, issue, sign, names } = world();
      const error = await rejectionOf(issue(bad(sign)));
      expect(error).toBeInstanceOf(SpentNumberError);
      expect(error).toMatchObject({ number: FIRST, cause });
      expect(error.message).toMatch(/number 7 is used up.*reuseNumber: 7n/);
      expect(readCounter(counterPath).next).toBe(FIRST + 1n);
      expect(names()).not.toContain('node.cert');
      expect(names().filter((name) => name.includes('evolock-lock'))).toEqual([]);
      const reserved = await rejectionOf(issue(sign));
      expect(reserved).toBeInstanceOf(ReservedNumberError);
      await issue(sign, { reuseNumber: FIRST });
      expect(readCertificate(path).certificate.sequenceNumber).toBe(FIRST);
      expect(names()).toEqual(['node.cert', 'cold.counter']);
    },
  );

  test('refuses any other use of the two files until the signer has answered', async () => {
    const { cold, path, counterPath, request, issue, sign } = world();
    const { signer, called, answer } = slow(sign);
    const issuing = issue(signer);
    await called;
    const other = join(folder(), 'other.cert');
    const locked = { code: 'ERR_EVOLOCK_IO_FILE', reason: 'locked' };
    const { coldVerificationKey } = request;
    const same = { ...request, coldKey: cold };
    for (const use of [
      () => issueToFile(other, same),
      () => issueToFile(path, { ...same, reuseNumber: FIRST }),
      () => writeCounter(counterPath, { next: FIRST, coldVerificationKey }, { replace: true }),
    ])
      expect(errorOf(use)).toMatchObject(locked);
    expect(await rejectionOf(issue(sign))).toMatchObject(locked);
    expect(await rejectionOf(issueToFileWithSigner(other, request, sign))).toMatchObject(locked);
    answer();
    expect((await issuing).certificate.sequenceNumber).toBe(FIRST);
    expect(issueToFile(other, same).certificate.sequenceNumber).toBe(FIRST + 1n);
  });

  test.each(['node.cert', 'cold.counter'])(
    'writes nothing when the lock of %s was taken away meanwhile',
    async (which) => {
      const { path, counterPath, issue, sign, names } = world();
      const { signer, called, answer } = slow(sign);
      const issuing = issue(signer);
      await called;
      const lock = join(
        dirname(which === 'node.cert' ? path : counterPath),
        `.${which}.evolock-lock`,
      );
      writeFileSync(lock, 'of another');
      answer();
      expect(await rejectionOf(issuing)).toMatchObject({
        number: FIRST,
        cause: { reason: 'lock-lost', path: lock },
      });
      expect(names()).not.toContain('node.cert');
      rmSync(lock);
      await issue(sign, { reuseNumber: FIRST });
      expect(readCertificate(path).certificate.sequenceNumber).toBe(FIRST);
    },
  );

  test('takes no number for another cold key or an existing file, and does not call the signer', async () => {
    const { path, counterPath, issue, names } = world();
    const never: ColdSigner = () => expect.unreachable();
    const coldVerificationKey = new Uint8Array(32);
    expect(await rejectionOf(issue(never, { coldVerificationKey }))).toMatchObject({
      reason: 'other-cold-key',
    });
    writeFileSync(path, 'old');
    expect(await rejectionOf(issue(never))).toBeInstanceOf(FileError);
    expect(readCounter(counterPath).next).toBe(FIRST);
    expect(names()).toEqual(['node.cert', 'cold.counter']);
  });
});
