import type { Command } from 'commander';
import { carryOut, leaf } from '../../cli/command.js';
import type { Session } from '../../cli/session.js';
import { sourceName } from '../../cli/text.js';
import { describeFile } from '../../keys/describe.js';
import { SUMMARIES } from '../../summaries.js';

/** `kes inspect`: the content of a file of cardano-cli. */
export function inspectCommand(session: Session): Command {
  const command = leaf(session, 'kes inspect', {
    summary: SUMMARIES.inspect,
    description:
      'Shows the content of a file of cardano-cli, or of a certificate request. Of a KES signing key: type, depth, variant, period, remaining periods, whether a node can use it, and a picture of its tree. Of other keys, certificates and counters: their public content. It prints no secret.',
    examples: [
      ['kes inspect kes.skey', 'At which period is it?'],
      ['kes inspect kes.skey --json', 'The same, for a script'],
    ],
  }).argument('<file>', 'the file, or - for standard input, which cannot be a signing key');
  return carryOut(session, command, async (path: string) => {
    const { title, json, warnings = [], lines } = await describeFile(session, path);
    return {
      json,
      warnings,
      lines: (style) => [style.title(`${sourceName(path)}: ${title}`), ...lines(style)],
    };
  });
}
