/**
 * Files of operational certificates: the certificate, and the cold verification key of its issuer.
 */
import { itemsOfIssued, type IssuedCertificate } from '../certificate/certificate.js';
import { certificateOfEnvelope, type CertificateFile } from '../certificate/certificate-text.js';
import { encodeItem } from '../cbor/encode.js';
import { publicEnvelopeText } from '../envelope/text.js';
import { withEnvelopeFile } from './envelope-file.js';
import { publicText } from './options.js';

/**
 * Reads an operational certificate from a file of `cardano-cli`. {@link verifyCertificate} verifies its signature.
 *
 * @param path - Text or a `file:` URL: any readable file, also a pipe or a symbolic link.
 * @throws {@link FileError} `ERR_EVOLOCK_IO_FILE`, {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`.
 * @throws `LockLimitError` (of kes-sum) `ERR_EVOLOCK_LOCK_LIMIT`.
 */
export function readCertificate(path: string | URL): CertificateFile {
  return withEnvelopeFile(path, 'operational-certificate', publicText, certificateOfEnvelope);
}

/** The text of the file of a certificate. */
export function certificateText(issued: IssuedCertificate, description: string): Uint8Array {
  const label = { type: 'NodeOperationalCertificate', description };
  return publicEnvelopeText(label, encodeItem(itemsOfIssued(issued)));
}
