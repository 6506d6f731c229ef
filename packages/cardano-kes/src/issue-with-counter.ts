import { checkBytes, wrongType } from '@evolock/direct-serialise/arguments';
import { checkLocked, Ed25519SigningKey, sum6Kes } from '@evolock/kes-sum';
import { checkSameKey, CounterError, readCounter, storeCounter } from './certificate-counter.js';
import type { IssuedCertificate } from './certificate-file.js';
import { issueCertificate } from './certificate.js';
import { withLockFile } from './lock-file.js';
import { checkUnsigned64, MAX_UNSIGNED_64, type AbsolutePeriod } from './numbers.js';
import { checkPath } from './path.js';

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
 * certificate exists: whatever stops the process, no number is ever used twice; at worst one is never used, which does
 * no harm.
 *
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key` or `exhausted`.
 * @throws {@link FileError} `ERR_EVOLOCK_CARDANO_FILE`; reason `locked` while another run issues with the same counter.
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
  const { coldKey, counterPath, hotVerificationKey, startPeriod } = checkRequest(request);
  const coldVerificationKey = coldKey.deriveVerificationKey();
  const sequenceNumber = takeNumber(counterPath, coldVerificationKey);
  const body = { hotVerificationKey, sequenceNumber, startPeriod };
  return { certificate: issueCertificate(coldKey, body), coldVerificationKey };
}

/** Takes the next number: from here on it is used, whatever happens. */
function takeNumber(path: string, coldVerificationKey: Uint8Array): bigint {
  return withLockFile(path, () => {
    const counter = readCounter(path);
    checkSameKey(counter, coldVerificationKey);
    if (counter.next === MAX_UNSIGNED_64) throw new CounterError('exhausted');
    storeCounter(path, { ...counter, next: counter.next + 1n }, { replace: true });
    return counter.next;
  });
}

function checkRequest(value: unknown): IssueRequest & { readonly counterPath: string } {
  if (typeof value !== 'object' || value === null)
    throw wrongType('request', 'an object with what a certificate is issued with', value);
  const { coldKey, counterPath, hotVerificationKey, startPeriod } = value as Partial<IssueRequest>;
  return {
    coldKey: checkLocked('coldKey', coldKey, Ed25519SigningKey, 'an Ed25519SigningKey'),
    counterPath: checkPath(counterPath),
    // Before a number is spent.
    hotVerificationKey: checkBytes(
      'hotVerificationKey',
      hotVerificationKey,
      sum6Kes.verificationKeySize,
    ),
    startPeriod: checkUnsigned64('startPeriod', startPeriod) as AbsolutePeriod,
  };
}
