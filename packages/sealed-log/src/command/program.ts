/** The command `sealed-log`. */
import { ExitCode } from '@evolock/command-line/errors';
import type { ProgramTree } from '@evolock/command-line/tree';

export const SEALED_LOG: ProgramTree = {
  name: 'sealed-log',
  summary: 'Logs whose past a thief of the machine cannot rewrite',
  text: `
    Seals logs, whose past a thief of the whole machine cannot rewrite, and verifies them with one line of public text. A log is a plain file of lines. Its seals are in LOG.seals beside it, and its key is elsewhere.

    # Begin a log with a name of this machine; keep the verifier key that it prints on another machine
    $ sealed-log init audit.log --origin "$(hostname)/audit"
    # Seal what any program appends to it, until a signal
    $ sealed-log follow audit.log
    # Seal what a program prints
    $ app | sealed-log write audit.log
    # Was it changed? On another machine, which has the verifier key
    $ sealed-log verify audit.log --key /mnt/safe/audit.vkey`,
  helpText: `
    # The same as sealed-log follow --help
    $ sealed-log help follow`,
  // One line a command: its summary, and the file that a run loads when its arguments name the command.
  // prettier-ignore
  commands: {
    'Seal:': {
      init: { summary: 'Begin a sealed log, and print its verifier key', load: async () => (await import('./sealing/init.js')).initCommand },
      follow: { summary: 'Seal what programs append to a log, until a signal', load: async () => (await import('./sealing/follow.js')).followCommand },
      write: { summary: 'Append standard input to a log, and seal it', load: async () => (await import('./sealing/write.js')).writeCommand },
      status: { summary: 'Show the last seal of a log, and its key', load: async () => (await import('./sealing/status.js')).statusCommand },
      erase: { summary: 'Erase sealed entries, without which the log still verifies', load: async () => (await import('./sealing/erase.js')).eraseCommand },
      checkpoint: { summary: 'Make the checkpoint of a seal, to be kept elsewhere', load: async () => (await import('./sealing/checkpoint.js')).checkpointCommand },
      cosign: { summary: 'Have witnesses cosign the checkpoint of the last seal', load: async () => (await import('./sealing/cosign.js')).cosignCommand },
      renew: { summary: 'Begin a new log in the place of one whose key may be stolen', load: async () => (await import('./sealing/renew.js')).renewCommand },
    },
    'Verify:': {
      verify: { summary: 'Verify a log, with its verifier key', load: async () => (await import('./verify.js')).verifyCommand },
      prove: { summary: 'Write the proof that one entry is in a log', load: async () => (await import('./verifying/proofs.js')).proveCommand },
      'check-proof': { summary: 'Check such a proof, without the log', load: async () => (await import('./verifying/proofs.js')).checkProofCommand },
    },
  },
  failures: [
    ['ERR_EVOLOCK_ARGUMENT_', 'usage'],
    ['ERR_EVOLOCK_KES_', 'invalid'],
    ['ERR_EVOLOCK_IO_CLOSED_EARLY', 'invalid'],
    ['ERR_EVOLOCK_IO_SURPLUS', 'invalid'],
  ],
  exitCodes: {
    [ExitCode.valid]: 'success, and what was checked is valid',
    [ExitCode.invalid]: 'not valid: something was changed or forged, or a file is another one',
    [ExitCode.usage]: 'the command cannot run with these arguments',
    [ExitCode.environment]: 'the system refuses: a file, a permission, a lock, the lock limit',
    [ExitCode.incomplete]: 'nothing is invalid or known to be missing, and not all is proved',
    [ExitCode.missing]: 'files, seals or entries are missing, or a log is silent',
  },
};
