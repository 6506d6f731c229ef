import type { IssuedCertificate } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { certificateFacts, certificateJson } from '../certificates/certificate-in-words.js';
import { judge } from '../certificates/judgement.js';
import { readCertificateFrom } from '../certificates/read-certificate.js';
import { carryOut, leaf } from '../command.js';
import { ExitCode } from '../exit-code.js';
import { sourceName } from '../files/read-public.js';
import { hexOf } from '../hex.js';
import { readColdKeyFrom, readKesKeyFrom } from '../keys/read-verification-key.js';
import type { Outcome } from '../outcome.js';
import type { Session } from '../session.js';
import type { Surroundings } from '../surroundings.js';

interface Options {
  readonly coldVkey?: string;
  readonly kesVkey?: string;
}

/** Something that has to hold of a certificate. */
interface Check {
  readonly name: string;
  readonly holds: boolean;
  readonly words: string;
}

/** `kes opcert verify`: is a certificate good? */
export function opcertVerifyCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert verify', {
    name: 'verify',
    summary: 'Verify an operational certificate',
    description:
      'Verifies that an operational certificate is signed by its cold key and, if asked, that it is of the keys that you have. Whether it is valid at a time is what kes status tells.',
    examples: [
      ['kes opcert verify node.cert', 'Is it signed by the cold key that it names?'],
      [
        'kes opcert verify node.cert --cold-vkey cold.vkey --kes-vkey kes.vkey',
        'And are these its keys?',
      ],
    ],
  })
    .argument('<certificate-file>', 'or - for standard input')
    .option('--cold-vkey <file>', 'the cold verification key that it has to name, or -')
    .option('--kes-vkey <file>', 'the KES verification key that it has to name, or -');
  return carryOut(session, command, async (path: string, options: Options): Promise<Outcome> => {
    const file = await readCertificateFrom(session.surroundings, path);
    const { valid: isSigned, words } = judge(file);
    const checks: readonly Check[] = [
      { name: 'signature', holds: isSigned, words },
      ...(await keyChecks(session.surroundings, options, file)),
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
  surroundings: Surroundings,
  { coldVkey, kesVkey }: Options,
  { certificate, coldVerificationKey }: IssuedCertificate,
): Promise<Check[]> {
  const checks: Check[] = [];
  if (coldVkey !== undefined) {
    const { verificationKey } = await readColdKeyFrom(surroundings, coldVkey);
    checks.push(same('cold key', coldVkey, verificationKey, coldVerificationKey));
  }
  if (kesVkey !== undefined) {
    const { verificationKey } = await readKesKeyFrom(surroundings, kesVkey);
    checks.push(same('KES key', kesVkey, verificationKey, certificate.hotVerificationKey));
  }
  return checks;
}

function same(name: string, path: string, stated: Uint8Array, named: Uint8Array): Check {
  const holds = hexOf(stated) === hexOf(named);
  return { name, holds, words: `its ${name} is ${holds ? '' : 'not '}that of ${sourceName(path)}` };
}
