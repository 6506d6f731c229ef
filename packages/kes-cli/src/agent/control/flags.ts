/** The options of the commands that use a control socket, in our spelling and in that of the reference. */
import type { Command } from 'commander';
import { addAlias } from '../../cli/alias.js';
import { positiveNumber, wholeNumber } from '../../cli/option-values.js';

/** The options of a control connection. */
export interface ControlFlags {
  readonly control?: string;
  readonly retryDelay?: number;
  readonly retryExponential?: boolean;
  readonly retryAttempts?: number;
}

/** Adds the options of a control connection. */
export function withControlOptions(command: Command): Command {
  command
    .option('-c, --control <path>', 'the control socket of the agent')
    .option('--retry-delay <ms>', 'wait before the next attempt to connect', positiveNumber)
    .option('--retry-exponential', 'double the wait after each attempt')
    .option('--retry-attempts <count>', 'attempts after the first one (none)', wholeNumber);
  return addAlias(command, '--control-address <path>', 'control');
}

/** Adds the option of the file of a verification key, which is to be written. */
export function withKeyFileOptions(command: Command): Command {
  command.option('--out <file>', 'the file for the verification key');
  addAlias(command, '--kes-verification-key-file <file>', 'out');
  return command.option('--force', 'replace an existing KES verification key');
}
