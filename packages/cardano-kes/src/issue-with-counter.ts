import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { checkPath, withLockFile } from '@evolock/direct-serialise-io/files';
import { checkLocked, Ed25519SigningKey, sum6Kes } from '@evolock/kes-sum';
import { checkSameKey, CounterError, readCounter, storeCounter } from './certificate-counter.js';
import type { IssuedCertificate } from './certificate-file.js';
import { issueCertificate } from './certificate.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type AbsolutePeriod } from './numbers.js';
import { SpentNumberError } from './spent-number-error.js';

/** What a certificate is issued with. */
export interface IssueRequest {
  /** A live key; it is read only. */
  readonly coldKey: Ed25519SigningKey;
  /** The file of the counter: text or a `file:` URL. */
  readonly counterPath: string | URL;
  /** The KES verification key, 32 bytes. */
  readonly hotVerificationKey: Uint8Array;
  /** The absolute period at which the KES key stands at evolution 0. */
  readonly startPeriod: AbsolutePeriod;
}

/**
 * Issues a certificate of the number that a counter's file holds. The file is advanced on the disk **before** the
 * certificate exists: whatever stops the process, no number is ever used twice; at worst one is never used. That does
 * harm where the next one is issued: from Babbage on a node takes a pool's last number or the one after it, and nothing
 * beyond. So what fails behind this function, writing the certificate for instance, loses a number: to find out
 * beforehand is what {@link issueToFile} is for.
 *
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key` or `exhausted`.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`; reason `locked` while another run issues with the same counter,
 * `several-counters` when its file has another name (hard link), under which it would give the number again.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter moved on, or may have, and there
 * is no certificate.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is no counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { absolutePeriod, issueWithCounter, readCounter, writeCounter } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const folder = mkdtempSync(join(tmpdir(), 'example-'));
 * const counterPath = join(folder, 'cold.counter');
 * const seed = MLockedSeed.newRandom(32);
 * const coldKey = ed25519.generateKey(seed);
 * writeCounter(counterPath, { next: 8n, coldVerificationKey: coldKey.deriveVerificationKey() });
 *
 * const hotVerificationKey = new Uint8Array(32);
 * const request = { coldKey, counterPath, hotVerificationKey, startPeriod: absolutePeriod(400) };
 * assert.equal(issueWithCounter(request).certificate.sequenceNumber, 8n);
 * assert.equal(readCounter(counterPath).next, 9n);
 * for (const each of [seed, coldKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function issueWithCounter(request: IssueRequest): IssuedCertificate {
  return issue(checkRequest(request), () => undefined);
}

/**
 * Takes a number and issues its certificate, for a request that was checked.
 *
 * @param request - With everything in order.
 * @param deliver - Does with the certificate what has to be done for the number not to be lost.
 *
 * @internal
 */
export function issue(
  request: CheckedRequest,
  deliver: (issued: IssuedCertificate) => void,
): IssuedCertificate {
  const { coldKey, counterPath, hotVerificationKey, startPeriod } = request;
  const coldVerificationKey = coldKey.deriveVerificationKey();
  const sequenceNumber = takeNumber(counterPath, coldVerificationKey);
  try {
    const body = { hotVerificationKey, sequenceNumber, startPeriod };
    const issued = { certificate: issueCertificate(coldKey, body), coldVerificationKey };
    deliver(issued);
    return issued;
  } catch (cause) {
    throw new SpentNumberError(sequenceNumber, { cause });
  }
}

/** Takes the next number: from here on it is used, whatever happens. */
function takeNumber(path: string, coldVerificationKey: Uint8Array): bigint {
  return withLockFile(path, () => {
    const counter = readCounter(path);
    checkSameKey(counter, coldVerificationKey);
    if (counter.next === MAX_UNSIGNED_64) throw new CounterError('exhausted');
    try {
      storeCounter(path, { ...counter, next: counter.next + 1n }, { replace: true });
    } catch (cause) {
      const found = numberIn(path);
      if (found === counter.next) throw cause;
      throw new SpentNumberError(counter.next, { cause, isCertain: found !== undefined });
    }
    return counter.next;
  });
}

/** What the file holds, if that can be found out: not every failure happens before it has its new content. */
function numberIn(path: string): bigint | undefined {
  try {
    return readCounter(path).next;
  } catch {
    return undefined;
  }
}

/** A request of which everything was looked at. */
export interface CheckedRequest extends IssueRequest {
  readonly counterPath: string;
}

/**
 * Checks a request, before a number is spent on it.
 *
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`; `ReleasedError` (of kes-sum).
 *
 * @internal
 */
export function checkRequest(value: unknown): CheckedRequest {
  if (typeof value !== 'object' || value === null)
    throw wrongType('request', 'an object with what a certificate is issued with', value);
  const { coldKey, counterPath, hotVerificationKey, startPeriod } = value as Partial<IssueRequest>;
  return {
    coldKey: checkLocked('coldKey', coldKey, Ed25519SigningKey, 'an Ed25519SigningKey'),
    counterPath: checkPath(counterPath),
    hotVerificationKey: checkBytes(
      'hotVerificationKey',
      hotVerificationKey,
      sum6Kes.verificationKeySize,
    ),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
  };
}
