/** Other spellings of options: those of the reference programs, so that their scripts work. */
import type { EventEmitter } from 'node:events';
import { Option, type Command } from 'commander';

/**
 * Adds a second spelling of an option. The help and the completion do not show it.
 *
 * @param command - Has the option.
 * @param flags - The spelling, `--control-address <path>`.
 * @param name - The long name of the option, without dashes: `control`.
 */
export function addAlias(command: Command, flags: string, name: string): Command {
  const alias = new Option(flags).hideHelp();
  // Commander documents its commands as emitters of `option:NAME`, and declares only `on`. The handler of the option
  // itself parses the value and collects values.
  const emitter = command as unknown as EventEmitter;
  command.on(`option:${alias.name()}`, (value: unknown) => emitter.emit(`option:${name}`, value));
  return command.addOption(alias);
}
