/** The pair that is rotated away: a certificate and its signing key. */
import { hexOf } from '@evolock/cardano-kes';
import type { IssuedCertificate } from '@evolock/cardano-kes';
import { CERTIFICATE, judgeSignature } from '../certificates/certificate.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, sourceName } from '../cli/text.js';
import { readEnvelope, refuseDash } from '../files/read.js';
import { withSigningKey } from '../keys/signing-key.js';

/** Reads the certificate in use, and refuses one that its cold key did not sign. */
export async function readOldCertificate(
  session: Session,
  cert: string,
): Promise<IssuedCertificate> {
  refuseDash('--cert', cert, 'the new certificate is named after it: give the file');
  const file = await readEnvelope(session, cert, CERTIFICATE);
  const signature = judgeSignature(file);
  if (!signature.valid) throw invalid(`${sourceName(cert)}: ${signature.words}`);
  return file;
}

/** Reads the old pair, and refuses two files that do not belong together. */
export async function readOldPair(
  session: Session,
  cert: string,
  skey: string,
): Promise<IssuedCertificate> {
  const file = await readOldCertificate(session, cert);
  const key = await withSigningKey(skey, ({ signingKey }) => signingKey.deriveVerificationKey());
  if (hexOf(key) !== hexOf(file.certificate.hotVerificationKey)) {
    throw invalid(`${printable(skey)}: it is not the key of ${sourceName(cert)}`);
  }
  return file;
}

function invalid(message: string): CommandError {
  return new CommandError('invalid', message);
}
