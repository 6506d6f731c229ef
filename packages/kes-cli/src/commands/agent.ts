import type { Command } from 'commander';
import {
  dropCommand,
  dropStagedCommand,
  exportCommand,
  generateCommand,
  infoCommand,
  installCommand,
} from '../agent/control/commands.js';
import { runCommand } from '../agent/run/command.js';
import { group } from '../cli/command.js';
import type { Session } from '../cli/session.js';
import { SUMMARIES } from '../summaries.js';

/** `kes agent`: an agent that holds the key of a pool, and the commands to it. */
export function agentCommand(session: Session): Command {
  const command = group(session, 'kes agent', {
    summary: SUMMARIES.agent,
    description:
      'Runs an agent that holds the KES key of a pool in locked memory, and commands it. The key is generated in the agent, and is never in a file. The options and variables of the reference agent work too.',
    examples: [
      ['kes agent run --config kes-agent.toml', 'Run an agent'],
      [
        'kes agent info --control /run/kes-agent/control.socket',
        'Which key does it hold, and at which evolution?',
      ],
    ],
  });
  const builders = [
    runCommand,
    generateCommand,
    exportCommand,
    installCommand,
    dropStagedCommand,
    dropCommand,
    infoCommand,
  ];
  for (const build of builders) command.addCommand(build(session));
  return command;
}
