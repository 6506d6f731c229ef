import { absolutePeriod, issueToFile, type IssuedCertificate } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { certificateFacts, certificateJson } from '../certificates/certificate-in-words.js';
import { carryOut, leaf } from '../command.js';
import { namingFile } from '../files/about-file.js';
import { refuseDash } from '../files/refuse-dash.js';
import { refuseExisting } from '../files/replaceable.js';
import { refuseStdin } from '../keys/signing-key-file.js';
import type { Outcome } from '../outcome.js';
import { loadColdSigningKey } from '../keys/load-signing-key.js';
import { readKesKeyFrom } from '../keys/read-verification-key.js';
import { refuseOtherDepth } from '../keys/verification-key-type.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';
import { wholeNumber64 } from '../whole-number.js';

interface Options {
  readonly kesVkey: string;
  readonly coldSkey: string;
  readonly counter: string;
  readonly startPeriod: bigint;
  readonly out: string;
  readonly reuseNumber?: bigint;
  readonly force?: boolean;
}

/** `kes opcert issue`: a new certificate. */
export function opcertIssueCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert issue', {
    name: 'issue',
    summary: 'Issue an operational certificate with the cold key',
    description:
      'Issues an operational certificate: the cold key, in locked memory, vouches for a KES key from a KES period on. The counter file moves on before the certificate is signed, so that no number is used twice by accident. The number is reserved beside the certificate before that: when a run is killed or fails, the next one says so, and --reuse-number issues with that number. Do this where the cold key is: offline.',
    examples: [
      [
        'kes opcert issue --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --out node.cert',
        'A certificate from KES period 512 on (kes status tells the current one)',
      ],
      [
        'kes opcert issue --reuse-number 3 --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --out node.cert',
        'Again with the last number, which has no certificate or a wrong one',
      ],
    ],
  })
    .requiredOption('--kes-vkey <file>', 'the KES verification key, or - for standard input')
    .requiredOption('--cold-skey <file>', 'the cold signing key')
    .requiredOption('--counter <file>', 'the counter of the cold key, which moves on by one')
    .requiredOption(
      '--start-period <period>',
      'the absolute KES period at which it begins',
      wholeNumber64,
    )
    .requiredOption('--out <file>', 'where the certificate goes')
    .option(
      '--reuse-number <number>',
      'use the last number of the counter again; the counter stays',
      wholeNumber64,
    )
    .option('--force', 'replace a certificate that exists');
  return carryOut(session, command, (options: Options) =>
    issue(session, options).catch((error: unknown) => {
      // What does not name its file is about the counter: the others are read by what does.
      throw namingFile(options.counter, error);
    }),
  );
}

async function issue(
  { surroundings }: Session,
  { kesVkey, coldSkey, counter, startPeriod, out, reuseNumber, force = false }: Options,
): Promise<Outcome> {
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter moves on in its file: name it');
  refuseDash('--out', out, 'a certificate goes to a file: name one');
  // First all that can be wrong: a number that was taken is gone.
  refuseExisting(out, force, 'operational-certificate');
  const { verificationKey: hotVerificationKey, type } = await readKesKeyFrom(surroundings, kesVkey);
  refuseOtherDepth(kesVkey, type);
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  let file: IssuedCertificate;
  try {
    const request = {
      coldKey,
      counterPath: counter,
      hotVerificationKey,
      startPeriod: absolutePeriod(startPeriod),
      reuseNumber,
    };
    file = issueToFile(out, request, { replace: force });
  } finally {
    coldKey.release();
  }
  return {
    json: { certificateFile: out, ...certificateJson(file) },
    lines: (style) => [
      style.verdict(true, `${printable(out)}: a new operational certificate`),
      ...style.facts(certificateFacts(file)),
    ],
  };
}
