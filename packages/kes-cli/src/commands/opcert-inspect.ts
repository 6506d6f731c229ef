import type { Command } from 'commander';
import { certificateFacts, certificateJson } from '../certificates/certificate-in-words.js';
import { readCertificateFrom } from '../certificates/read-certificate.js';
import { carryOut, leaf } from '../command.js';
import { sourceName } from '../files/read-public.js';
import type { Outcome } from '../outcome.js';
import type { Session } from '../session.js';

/** `kes opcert inspect`: what a certificate says. */
export function opcertInspectCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert inspect', {
    name: 'inspect',
    summary: 'Show what an operational certificate says',
    description: 'Shows what an operational certificate says, without judging it.',
    examples: [
      ['kes opcert inspect node.cert', 'Which pool, which key, from when?'],
      ['kes opcert inspect - < node.cert', 'The same from standard input'],
    ],
  }).argument('<certificate-file>', 'or - for standard input');
  return carryOut(session, command, async (path: string): Promise<Outcome> => {
    const file = await readCertificateFrom(session.surroundings, path);
    return {
      json: certificateJson(file),
      lines: (style) => [
        style.title(`${sourceName(path)}: operational certificate`),
        ...style.facts(certificateFacts(file)),
      ],
    };
  });
}
