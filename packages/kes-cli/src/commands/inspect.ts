import type { Command } from 'commander';
import { carryOut, leaf } from '../command.js';
import { sourceName } from '../files/read-public.js';
import { describeFile } from '../keys/describe-file.js';
import type { Outcome } from '../outcome.js';
import type { Session } from '../session.js';

/** `kes inspect`: what a file of cardano-cli holds. */
export function inspectCommand(session: Session): Command {
  const command = leaf(session, 'kes inspect', {
    name: 'inspect',
    summary: 'Show what a key file holds: of a signing key, its period',
    description:
      'Shows what a file holds: of a KES signing key its type, depth and variant, its period, what is left, whether a node can use it, and a picture of its tree; of other key files, certificates and counters what they say. It prints nothing secret.',
    examples: [
      ['kes inspect kes.skey', 'At which period is it?'],
      ['kes inspect kes.skey --json', 'The same, for a script'],
    ],
  }).argument('<file>', 'or - for standard input, for what is no signing key');
  return carryOut(session, command, async (path: string): Promise<Outcome> => {
    const { title, json, warnings = [], lines } = await describeFile(session.surroundings, path);
    return {
      json,
      warnings,
      lines: (style) => [style.title(`${sourceName(path)}: ${title}`), ...lines(style)],
    };
  });
}
