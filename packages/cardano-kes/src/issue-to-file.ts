import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { checkOptions, wrongValue } from '@evolock/direct-serialise/arguments';
import {
  attempt,
  checkPath,
  eraseLeftovers,
  PreparedFile,
  withLockFile,
} from '@evolock/direct-serialise-io/files';
import { ed25519 } from '@evolock/kes-sum';
import { certificateText, type IssuedCertificate } from './certificate-file.js';
import {
  checkRequest,
  issue,
  type CheckedRequest,
  type IssueRequest,
} from './issue-with-counter.js';
import { MAX_UNSIGNED_64 } from './numbers.js';
import { type WriteOptions } from './read-options.js';
import { areSamePlace } from './same-place.js';

/**
 * Issues a certificate of the number that a counter's file holds, and writes it to a file. What can stand in the way of
 * the certificate is looked for **before** a number is taken: its folder, a file or a link at its path, and room on the
 * disk, which is taken first. Then the counter moves on, and only then the certificate is signed and gets its name.
 * Nobody else may write the same certificate meanwhile, and what killed runs left beside it is erased.
 *
 * @param certificatePath - Text or a `file:` URL.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: no number was taken, except for `not-durable` and `second-name`
 * of the certificate, which then is in place; reason `locked` while another run is at work on one of the two files.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter moved on, or may have, and there
 * is no certificate.
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key` or `exhausted`.
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is no counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, also when the certificate would
 * take the place of the counter.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`, `LockLimitError` `ERR_EVOLOCK_LOCK_LIMIT`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mkdtempSync, rmSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { absolutePeriod, issueToFile, readCertificate, readCounter, writeCounter } from '@evolock/cardano-kes';
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
 * assert.throws(() => issueToFile(join(folder, 'nowhere', 'node.cert'), request));
 * issueToFile(join(folder, 'node.cert'), request);
 * assert.equal(readCertificate(join(folder, 'node.cert')).certificate.sequenceNumber, 8n);
 * assert.equal(readCounter(counterPath).next, 9n);
 * for (const each of [seed, coldKey]) each.release();
 * rmSync(folder, { recursive: true });
 * ```
 */
export function issueToFile(
  certificatePath: string | URL,
  request: IssueRequest,
  options?: WriteOptions,
): IssuedCertificate {
  const path = checkPath(certificatePath);
  const checked = checkRequest(request);
  const { replace = false, description } = checkOptions(options);
  const reserve = certificateText(longestOf(checked), description).byteLength;
  if (areSamePlace(path, checked.counterPath))
    throw wrongValue('certificatePath', 'another file than the counter', 'the same');
  // Named by itself: that a certificate is not there which is only about to be would be a riddle.
  attempt(dirname(path), () => lstatSync(dirname(path)));
  return withLockFile(path, () => {
    eraseLeftovers(path);
    const file = new PreparedFile(path, { replace, secret: false }, reserve);
    try {
      return issueInto(file, checked, description);
    } finally {
      file.close();
    }
  });
}

function issueInto(
  file: PreparedFile,
  request: CheckedRequest,
  description: string | undefined,
): IssuedCertificate {
  // A certificate that has its name has its number, and what failed then is to be told as it is.
  const failures: unknown[] = [];
  try {
    const issued = issue(request, (made) => {
      try {
        file.publish(certificateText(made, description));
      } catch (error) {
        if (!file.isInPlace) throw error;
        failures.push(error);
      }
    });
    for (const failure of failures) throw failure as Error;
    return issued;
  } catch (error) {
    file.giveUp(error);
    throw error;
  }
}

/** A certificate whose file is as large as one of this request can be. */
function longestOf({ hotVerificationKey, startPeriod }: CheckedRequest): IssuedCertificate {
  return {
    certificate: {
      hotVerificationKey,
      sequenceNumber: MAX_UNSIGNED_64,
      startPeriod,
      signature: new Uint8Array(ed25519.signatureSize),
    },
    coldVerificationKey: new Uint8Array(ed25519.verificationKeySize),
  };
}
