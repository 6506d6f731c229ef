import { hexOf } from '@evolock/cardano-kes';
import type { IssuedCertificate } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
} from '../../certificates/certificate.js';
import { allValid, answered } from '../../certificates/answer.js';
import { carryOut, group, leaf } from '../../cli/command.js';
import type { Session } from '../../cli/session.js';
import { sourceName } from '../../cli/text.js';
import { readEnvelope } from '../../files/read.js';
import { COLD_KEY, KES_KEY, readVerificationKey } from '../../keys/verification-key.js';
import { issueCommand } from './opcert-issue.js';
import { requestCommand } from './opcert-request.js';
import { SUMMARIES } from '../../summaries.js';

/** `kes opcert`: operational certificates. */
export function opcertCommand(session: Session): Command {
  const command = group(session, 'kes opcert', {
    summary: SUMMARIES.opcert,
    examples: [
      ['kes opcert verify node.cert', 'Is it signed by its cold key?'],
      ['kes opcert issue --help', 'What does issuing one need?'],
    ],
  });
  for (const build of [requestCommand, issueCommand, verifyCommand, inspectCommand]) {
    command.addCommand(build(session));
  }
  return command;
}

interface VerifyOptions {
  readonly coldVkey?: string;
  readonly kesVkey?: string;
}

/** A condition on a certificate. */
interface Check {
  readonly name: string;
  readonly valid: boolean;
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
      { name: 'signature', valid: isSigned, words },
      ...(await keyChecks(session, options, file)),
    ];
    const valid = allValid(checks);
    return answered({
      title: `${sourceName(path)}: ${valid ? 'valid' : 'NOT valid'}`,
      result: { valid },
      checks,
      facts: certificateFacts(file),
      json: certificateJson(file),
    });
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
  return {
    name,
    valid: holds,
    words: `its ${name} is ${holds ? '' : 'not '}that of ${sourceName(path)}`,
  };
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
