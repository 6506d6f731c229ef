/**
 * Issues a certificate with a counter and a cold key of this process, and writes it to a file.
 */
import { checkPath, withLockFile } from '@evolock/direct-serialise-io/files';
import { certificateMessage, type IssuedCertificate } from '../../certificate/certificate.js';
import { checkRequest, type IssueRequest } from './issue-request.js';
import { checkIssuingOptions, Issuing } from './issuing.js';
import type { WriteOptions } from '../options.js';
import { refuseSamePlace } from '../same-place.js';

/**
 * Issues a certificate with the number in a counter's file, and writes it to a file. The order of the steps:
 *
 * 1. Checks the folder, a file or a link at the path, and allocates room on the disk. A failure here takes no number.
 * 2. Writes a reservation beside the counter: the number, the certificate's path, its KES verification key and start period,
 *    and the time.
 * 3. Advances the counter on the disk. No number is used twice, whenever the process stops, unless `reuseNumber` asks for it.
 * 4. Signs the certificate, and gives the file its name.
 *
 * A run that is killed or fails after step 3 leaves its reservation. The next run for the counter, whatever its certificate
 * file, finds it and throws {@link ReservedNumberError}; `reuseNumber` issues with that number. From Babbage on a node accepts
 * a pool's last number or the next one, and no other. Unfinished files of killed runs are erased. Locks exclude a second run
 * for the same certificate file or counter.
 *
 * @param certificatePath - Text or a `file:` URL.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`: no number was taken, except after `not-durable` and `second-name` of the
 * certificate, which is in place then; reason `locked` while another run uses one of the two files.
 * @throws {@link SpentNumberError} `ERR_EVOLOCK_CARDANO_SPENT_NUMBER` when the counter was advanced, or may have been, and
 * no certificate exists.
 * @throws {@link ReservedNumberError} `ERR_EVOLOCK_CARDANO_RESERVED_NUMBER` when an earlier run reserved the last number and
 * left no certificate. Nothing was issued.
 * @throws {@link CounterError} `ERR_EVOLOCK_CARDANO_COUNTER`, reason `other-cold-key`, `exhausted` or `not-its-last` (of
 * `reuseNumber`).
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE` when the file is not a counter.
 * @throws {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE`, also when both paths lead to one
 * file.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { absolutePeriod, issueToFile, readCounter, writeCounter } from '@evolock/cardano-kes';
 * import { ed25519, MLockedSeed } from '@evolock/kes-sum';
 *
 * const counterPath = 'pool.counter';
 * const seed = MLockedSeed.newRandom(32);
 * const coldKey = ed25519.generateKey(seed);
 * writeCounter(counterPath, { next: 8n, coldVerificationKey: coldKey.deriveVerificationKey() });
 *
 * const hotVerificationKey = new Uint8Array(32);
 * const request = { coldKey, counterPath, hotVerificationKey, startPeriod: absolutePeriod(400) };
 * assert.equal(issueToFile('node.cert', request).certificate.sequenceNumber, 8n);
 * assert.equal(readCounter(counterPath).next, 9n);
 * for (const each of [seed, coldKey]) each.release();
 * ```
 */
export function issueToFile(
  certificatePath: string | URL,
  request: IssueRequest,
  options?: WriteOptions,
): IssuedCertificate {
  const path = checkPath(certificatePath);
  const { coldKey, ...details } = checkRequest(request);
  const checked = checkIssuingOptions(options);
  refuseSamePlace(path, details.counterPath);
  return withLockFile(path, () =>
    withLockFile(details.counterPath, () => {
      const issuing = new Issuing(path, details, checked);
      try {
        const body = issuing.take();
        return issuing.deliver(body, coldKey.sign(certificateMessage(body)));
      } catch (error) {
        throw issuing.failure(error);
      } finally {
        issuing.close();
      }
    }),
  );
}
