import { writeKesVerificationKey } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { carryOut, leaf } from '../cli/command.js';
import type { Outcome, Session } from '../cli/session.js';
import { hexOf, printable } from '../cli/text.js';
import { refuseDash } from '../files/read.js';
import { refuseExisting } from '../files/write.js';
import { warningsAbout } from '../keys/node-reading.js';
import { withSigningKey } from '../keys/signing-key.js';
import { verificationKeyType } from '../keys/verification-key.js';

interface Options {
  readonly out?: string;
  readonly force?: boolean;
}

/** `kes vkey`: the verification key of a signing key. */
export function vkeyCommand(session: Session): Command {
  const command = leaf(session, 'kes vkey', {
    summary: 'Print or write the verification key of a signing key',
    description:
      'Prints the verification key of a KES signing key in hexadecimal, or writes it to a file for cardano-cli. It is the same at every period.',
    examples: [
      ['kes vkey kes.skey', 'The verification key, in hexadecimal'],
      ['kes vkey kes.skey --out kes.vkey', 'A file for cardano-cli'],
    ],
  })
    .argument('<signing-key-file>')
    .option('--out <file>', 'write a verification key file')
    .option('--force', 'replace an existing KES verification key');
  return carryOut(session, command, derive);
}

async function derive(path: string, { out, force = false }: Options): Promise<Outcome> {
  refuseDash('--out', out, 'without --out the key goes to standard output');
  if (out !== undefined) refuseExisting(out, force, 'kes-verification-key');
  const { verificationKey, type, warnings } = await withSigningKey(path, (file) => ({
    verificationKey: file.signingKey.deriveVerificationKey(),
    type: verificationKeyType(file.signingKey.algorithm),
    warnings: warningsAbout(path, file),
  }));
  if (out !== undefined) writeKesVerificationKey(out, verificationKey, { replace: force, type });
  const hex = hexOf(verificationKey);
  return {
    json: { verificationKey: hex, verificationKeyFile: out },
    warnings,
    lines: (style) =>
      out === undefined
        ? [hex]
        : [style.verdict(true, `${printable(out)} holds the verification key`), `  ${hex}`],
  };
}
