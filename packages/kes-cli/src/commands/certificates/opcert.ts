import type { Command } from 'commander';
import { group } from '../../cli/command.js';
import type { Session } from '../../cli/session.js';
import { SUMMARIES } from '../../summaries.js';
import { issueCommand } from './opcert-issue.js';
import { requestCommand } from './opcert-request.js';

/** `kes opcert`: operational certificates. */
export function opcertCommand(session: Session): Command {
  return group(session, 'kes opcert', {
    summary: SUMMARIES.opcert,
    examples: [
      ['kes opcert issue --help', 'What does issuing one need?'],
      ['kes inspect node.cert', 'Is it signed by its cold key?'],
    ],
  })
    .addCommand(requestCommand(session))
    .addCommand(issueCommand(session));
}
