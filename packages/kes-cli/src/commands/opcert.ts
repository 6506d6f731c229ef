import type { Command } from 'commander';
import { group } from '../command.js';
import type { Session } from '../session.js';
import { opcertInspectCommand } from './opcert-inspect.js';
import { opcertIssueCommand } from './opcert-issue.js';
import { opcertVerifyCommand } from './opcert-verify.js';

/** `kes opcert`: operational certificates. */
export function opcertCommand(session: Session): Command {
  const command = group(session, 'kes opcert', {
    name: 'opcert',
    summary: 'Issue, verify and inspect operational certificates',
    examples: [
      ['kes opcert verify node.cert', 'Has the cold key signed it?'],
      ['kes opcert issue --help', 'What does a new one take?'],
    ],
  });
  for (const build of [opcertIssueCommand, opcertVerifyCommand, opcertInspectCommand]) {
    command.addCommand(build(session));
  }
  return command;
}
