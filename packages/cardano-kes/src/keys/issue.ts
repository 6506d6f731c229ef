/** A certificate is signed by a cold key in this process. */
import type { CertificateBody, OperationalCertificate } from '@evolock/cardano-headers';
import { certificateMessage, checkBody } from '@evolock/cardano-headers/files';
import { checkColdKey, type ColdSigningKey } from './signing-keys.js';

/**
 * Signs a certificate. The caller chooses the sequence number: {@link issueToFile} takes it from the file of the counter
 * and never takes a number twice.
 *
 * @param coldKey - A live key. It is only read.
 * @returns The certificate, with its signature of 64 bytes.
 * @throws `ReleasedError` (of kes-sum) `ERR_EVOLOCK_RELEASED`.
 */
export function issueCertificate(
  coldKey: ColdSigningKey,
  body: CertificateBody,
): OperationalCertificate {
  const key = checkColdKey(coldKey);
  const checked = checkBody(body);
  return { ...checked, signature: key.sign(certificateMessage(checked)) };
}
