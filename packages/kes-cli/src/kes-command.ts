import type { Command } from 'commander';
import { group } from './command.js';
import { completionCommand } from './commands/completion.js';
import { keygenCommand } from './commands/keygen.js';
import { vkeyCommand } from './commands/vkey.js';
import { inspectCommand } from './commands/inspect.js';
import { evolveCommand } from './commands/evolve.js';
import { signCommand } from './commands/sign.js';
import { verifyCommand } from './commands/verify.js';
import { opcertCommand } from './commands/opcert.js';
import { headerCommand } from './commands/header.js';
import { statusCommand } from './commands/status.js';
import { helpCommand } from './commands/help.js';
import { doctorCommand } from './commands/doctor.js';
import type { Session } from './session.js';
import { version } from './version.js';

/** The whole command with all that is below it. */
export function kesCommand(session: Session): Command {
  const kes = group(session, 'kes', {
    name: 'kes',
    summary: 'Cardano KES keys, certificates and headers',
    description:
      'Cardano KES keys, certificates and headers. Signing keys are held in locked memory only; no secret is ever taken from the command line or printed.',
    examples: [
      ['kes doctor', 'Can this machine keep a key?'],
      ['kes inspect kes.skey', 'At which period does a key stand?'],
      [
        'kes status --cert node.cert --network mainnet',
        'Is a certificate valid now, and for how long?',
      ],
    ],
  }).version(version, '-V, --version', 'print the version');
  for (const command of [
    keygenCommand(session),
    vkeyCommand(session),
    inspectCommand(session),
    evolveCommand(session),
    signCommand(session),
    verifyCommand(session),
    opcertCommand(session),
    headerCommand(session),
    statusCommand(session),
    doctorCommand(session),
    completionCommand(session, kes),
    helpCommand(session, kes),
  ]) {
    kes.addCommand(command);
  }
  return kes;
}
