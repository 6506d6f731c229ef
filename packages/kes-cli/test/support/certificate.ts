import { writeFileSync } from 'node:fs';
import { envelopeText } from './envelope-text.js';

/** Writes a certificate with number 0, start period 500 (1901f4), and a signature of zeros. */
export function makeUnsignedCertificate(
  path: string,
  hotVerificationKey: Uint8Array = new Uint8Array(32),
): void {
  const hot = Buffer.from(hotVerificationKey).toString('hex');
  const cborHex = `82845820${hot}001901f45840${'00'.repeat(64)}5820${'07'.repeat(32)}`;
  writeFileSync(path, envelopeText('NodeOperationalCertificate', cborHex));
}
