/**
 * The text of an operational certificate, as `cardano-cli` writes it.
 */
import { parsePublicEnvelope, type Envelope } from '../envelope/envelope.js';
import { issuedIn, type IssuedCertificate } from './certificate.js';

/** The content of the file of a certificate. Nothing of it is verified. */
export interface CertificateFile extends IssuedCertificate {
  /** A note for people. */
  readonly description: string;
}

/**
 * Reads an operational certificate from the text of a file.
 *
 * @throws {@link EnvelopeError} `ERR_EVOLOCK_CARDANO_ENVELOPE`, {@link ArgumentError} `ERR_EVOLOCK_ARGUMENT_TYPE`.
 */
export function parseCertificate(text: string | Uint8Array): CertificateFile {
  return certificateOfEnvelope(parsePublicEnvelope(text, 'operational-certificate'));
}

/** The certificate in an envelope. */
export function certificateOfEnvelope({ cbor, description }: Envelope): CertificateFile {
  return { ...issuedIn(cbor), description };
}
