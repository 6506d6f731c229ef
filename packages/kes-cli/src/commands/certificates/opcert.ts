import { absolutePeriod, issueToFile, type IssuedCertificate } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
} from '../../certificates/certificate.js';
import { carryOut, group, leaf } from '../../cli/command.js';
import { ExitCode, namingFile } from '../../cli/errors.js';
import { wholeNumber64 } from '../../cli/option-values.js';
import type { Outcome, Session } from '../../cli/session.js';
import { hexOf, printable, sourceName } from '../../cli/text.js';
import { readEnvelope, refuseDash } from '../../files/read.js';
import { refuseExisting } from '../../files/write.js';
import { loadColdSigningKey, refuseStdin } from '../../keys/signing-key.js';
import {
  COLD_KEY,
  KES_KEY,
  readVerificationKey,
  refuseOtherDepth,
} from '../../keys/verification-key.js';

/** `kes opcert`: operational certificates. */
export function opcertCommand(session: Session): Command {
  const command = group(session, 'kes opcert', {
    summary: 'Issue, verify and inspect operational certificates',
    examples: [
      ['kes opcert verify node.cert', 'Is it signed by its cold key?'],
      ['kes opcert issue --help', 'What does issuing one need?'],
    ],
  });
  for (const build of [issueCommand, verifyCommand, inspectCommand]) {
    command.addCommand(build(session));
  }
  return command;
}

interface IssueOptions {
  readonly kesVkey: string;
  readonly coldSkey: string;
  readonly counter: string;
  readonly startPeriod: bigint;
  readonly out: string;
  readonly reuseNumber?: bigint;
  readonly force?: boolean;
}

/** `kes opcert issue`: a new certificate. */
function issueCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert issue', {
    summary: 'Issue an operational certificate with the cold key',
    description:
      'Issues an operational certificate: the cold key, in locked memory, signs a KES verification key and the KES period from which it is used. The counter file is advanced before the certificate is signed, so that no number is used twice by accident. Before that, the number is reserved beside the certificate. When a run is killed or fails, the next run reports the reserved number, and --reuse-number issues with it. Run this where the cold key is: offline.',
    examples: [
      [
        'kes opcert issue --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --out node.cert',
        'A certificate from KES period 512 (kes status shows the current one)',
      ],
      [
        'kes opcert issue --reuse-number 3 --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --out node.cert',
        'Again with the last number, which has no certificate or a wrong one',
      ],
    ],
  })
    .requiredOption(
      '--kes-vkey <key>',
      'the KES verification key: a file, -, hexadecimal digits, or bech32',
    )
    .requiredOption('--cold-skey <file>', 'the cold signing key')
    .requiredOption('--counter <file>', 'the counter of the cold key, which is advanced by one')
    .requiredOption(
      '--start-period <period>',
      'the absolute KES period at which the certificate starts',
      wholeNumber64,
    )
    .requiredOption('--out <file>', 'the file for the certificate')
    .option(
      '--reuse-number <number>',
      'use the last number of the counter again, and leave the counter unchanged',
      wholeNumber64,
    )
    .option('--force', 'replace an existing certificate');
  return carryOut(session, command, (options: IssueOptions) =>
    issue(session, options).catch((error: unknown) => {
      // An error that names no file is about the counter. Errors about the other files name them.
      throw namingFile(options.counter, error);
    }),
  );
}

async function issue(
  session: Session,
  { kesVkey, coldSkey, counter, startPeriod, out, reuseNumber, force = false }: IssueOptions,
): Promise<Outcome> {
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter is changed in its file: give the file');
  refuseDash('--out', out, 'the certificate is written to a file: give a name');
  // Every check comes before the number is taken: a number cannot be given back.
  refuseExisting(out, force, 'operational-certificate');
  const kesKey = await readVerificationKey(session, '--kes-vkey', kesVkey, KES_KEY);
  refuseOtherDepth(kesVkey, kesKey.type);
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  let file: IssuedCertificate;
  try {
    const request = {
      coldKey,
      counterPath: counter,
      hotVerificationKey: kesKey.verificationKey,
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

interface VerifyOptions {
  readonly coldVkey?: string;
  readonly kesVkey?: string;
}

/** A condition on a certificate. */
interface Check {
  readonly name: string;
  readonly holds: boolean;
  readonly words: string;
}

/** `kes opcert verify`: is a certificate signed by its cold key? */
function verifyCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert verify', {
    summary: 'Verify an operational certificate',
    description:
      'Verifies that an operational certificate is signed by its cold key and, on request, that it names the given keys. kes status shows whether it is valid at a moment.',
    examples: [
      ['kes opcert verify node.cert', 'Is it signed by the cold key that it names?'],
      [
        'kes opcert verify node.cert --cold-vkey cold.vkey --kes-vkey kes.vkey',
        'Does it name these keys?',
      ],
    ],
  })
    .argument('<certificate-file>', 'the certificate, or - for standard input')
    .option('--cold-vkey <key>', 'the cold verification key that it must name, as --kes-vkey')
    .option(
      '--kes-vkey <key>',
      'the KES verification key that it must name: a file, -, hexadecimal digits, or bech32',
    );
  return carryOut(session, command, async (path: string, options: VerifyOptions) => {
    const file = await readEnvelope(session, path, CERTIFICATE);
    const { valid: isSigned, words } = judgeSignature(file);
    const checks: readonly Check[] = [
      { name: 'signature', holds: isSigned, words },
      ...(await keyChecks(session, options, file)),
    ];
    const valid = checks.every(({ holds }) => holds);
    return {
      exitCode: valid ? ExitCode.valid : ExitCode.invalid,
      json: { valid, checks: checks.map((check) => ({ ...check })), ...certificateJson(file) },
      lines: (style) => [
        style.title(`${sourceName(path)}: ${valid ? 'valid' : 'NOT valid'}`),
        ...checks.map((check) => `  ${style.verdict(check.holds, check.words)}`),
        ...style.facts(certificateFacts(file)),
      ],
    };
  });
}

async function keyChecks(
  session: Session,
  { coldVkey, kesVkey }: VerifyOptions,
  { certificate, coldVerificationKey }: IssuedCertificate,
): Promise<Check[]> {
  const checks: Check[] = [];
  if (coldVkey !== undefined) {
    const { verificationKey } = await readVerificationKey(
      session,
      '--cold-vkey',
      coldVkey,
      COLD_KEY,
    );
    checks.push(same('cold key', coldVkey, verificationKey, coldVerificationKey));
  }
  if (kesVkey !== undefined) {
    const { verificationKey } = await readVerificationKey(session, '--kes-vkey', kesVkey, KES_KEY);
    checks.push(same('KES key', kesVkey, verificationKey, certificate.hotVerificationKey));
  }
  return checks;
}

function same(name: string, path: string, expected: Uint8Array, named: Uint8Array): Check {
  const holds = hexOf(expected) === hexOf(named);
  return { name, holds, words: `its ${name} is ${holds ? '' : 'not '}that of ${sourceName(path)}` };
}

/** `kes opcert inspect`: the content of a certificate. */
function inspectCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert inspect', {
    summary: 'Show the content of an operational certificate',
    description: 'Shows the content of an operational certificate, without any check.',
    examples: [
      ['kes opcert inspect node.cert', 'Which pool, which key, from which period?'],
      ['kes opcert inspect - < node.cert', 'The same from standard input'],
    ],
  }).argument('<certificate-file>', 'the certificate, or - for standard input');
  return carryOut(session, command, async (path: string) => {
    const file = await readEnvelope(session, path, CERTIFICATE);
    return {
      json: certificateJson(file),
      lines: (style) => [
        style.title(`${sourceName(path)}: operational certificate`),
        ...style.facts(certificateFacts(file)),
      ],
    };
  });
}
