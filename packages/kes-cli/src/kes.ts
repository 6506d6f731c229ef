/** The command `kes`. */
import { ExitCode } from '@evolock/command-line/errors';
import type { ProgramTree } from '@evolock/command-line/tree';
import { COMMANDS } from './commands.js';
import { EndsSoon, FAILURES } from './errors.js';

export const KES: ProgramTree = {
  name: 'kes',
  aliases: ['evolock-kes'],
  summary: 'Cardano KES keys, certificates and headers',
  text: `
    Cardano KES keys, certificates and headers. Signing keys are in locked memory only. No secret is taken from the command line or printed. Where another program is named kes, this command is evolock-kes.

    # Can this machine keep a key?
    $ kes doctor
    # At which period is a key?
    $ kes inspect kes.skey
    # Is a certificate valid now, and for how long?
    $ kes status --cert node.cert --network mainnet`,
  helpText: `
    # The same as kes sign --help
    $ kes help sign
    # A command of two words
    $ kes help opcert issue
    # The options that name a network
    $ kes help networks`,
  // Loaded with the code of networks, which most runs do not need.
  topics: { networks: async () => (await import('./network/network.js')).ABOUT_NETWORKS },
  commands: COMMANDS,
  failures: FAILURES,
  exitCodes: {
    [ExitCode.valid]: 'success, and what was checked is valid',
    [ExitCode.invalid]:
      "not valid: a signature, certificate, header or message, or a file's content",
    [ExitCode.usage]: 'the command cannot run with these arguments',
    [ExitCode.environment]: 'the system refuses: a file, a permission, a lock, the lock limit',
    [ExitCode.incomplete]: 'nothing is invalid, and not everything could be judged',
    [EndsSoon.warning]: 'valid, and a certificate ends in less than --warn-days',
    [EndsSoon.critical]: 'valid, and a certificate ends in less than --crit-days',
  },
};
