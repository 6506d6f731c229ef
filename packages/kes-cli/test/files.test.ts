/** What `--force` replaces. `transcripts/files.txt` has the commands. */
import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { KIND_IN_WORDS, refuseExisting, type FileKind } from '../src/files/write.js';
import { envelopeText } from './support/files.js';
import { inFolder } from '@evolock/command-testing/folder';

test('--force replaces every kind by its own only', () => {
  for (const [there, content] of Object.entries(publicTexts())) {
    writeFileSync(inFolder('there'), content);
    for (const kind of Object.keys(KIND_IN_WORDS) as FileKind[]) {
      const attempt = () => refuseExisting(inFolder('there'), true, kind);
      if (kind === there) attempt();
      else expect(attempt, `${kind} over ${there}`).toThrow(/--(?:force|prometheus) replaces only/);
    }
  }
  // Files that are nearly a signature, or a message.
  const message = publicTexts()['dmq-message'];
  const cut = message.subarray(0, -1);
  const near = {
    'kes-signature': ['x'.repeat(896), 'aa'.repeat(447), 'a text'],
    'dmq-message': [cut, Buffer.concat([message, cut]), message.toString('hex')],
    metrics: [
      '# HELP node_load1 …\n',
      'kes_certificate_valid 1\n',
      '# HELP kes_cert',
      '# HELP kes_rain_mm …\n',
    ],
  };
  for (const [kind, contents] of Object.entries(near)) {
    for (const content of contents) {
      writeFileSync(inFolder('there'), content);
      const attempt = () => refuseExisting(inFolder('there'), true, kind as FileKind);
      expect(attempt).toThrow(/a file that kes did not write/);
    }
  }
});

function publicTexts() {
  const key = `5820${'07'.repeat(32)}`;
  const signature = `5840${'07'.repeat(64)}`;
  const message = `85${key}834107190100005901c0${'07'.repeat(448)}84${key}0000${signature}${key}`;
  const certificate = `8284${key}0000${signature}${key}`;
  return {
    'dmq-message': Buffer.from(message, 'hex'),
    'kes-signature': `${'aa'.repeat(448)}\n`,
    metrics: '# HELP kes_certificate_valid …\n',
    'kes-verification-key': envelopeText('KesVerificationKey_ed25519_kes_2^6', key),
    'cold-verification-key': envelopeText('StakePoolVerificationKey_ed25519', key),
    'operational-certificate': envelopeText('NodeOperationalCertificate', certificate),
  };
}
