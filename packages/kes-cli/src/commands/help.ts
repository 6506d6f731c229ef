import type { Command } from 'commander';
import { group } from '../command.js';
import { CommandError } from '../command-error.js';
import { printable } from '../printable.js';
import type { Session } from '../session.js';

/** `kes help`: what `--help` says, of a command of any number of words. */
export function helpCommand(session: Session, kes: Command): Command {
  return group(session, 'kes help', {
    name: 'help',
    summary: 'Show the help of a command',
    examples: [
      ['kes help sign', 'The same as kes sign --help'],
      ['kes help opcert issue', 'Of a command of two words'],
    ],
  })
    .argument('[command...]', 'the words of the command; of kes itself without any')
    .action(async (words: string[]) => {
      (await commandOf(kes, words)).outputHelp();
    });
}

async function commandOf(kes: Command, words: readonly string[]): Promise<Command> {
  let found = kes;
  for (const [index, word] of words.entries()) {
    const next = found.commands.find((each) => each.name() === word);
    if (next === undefined) return refuse(found, words.slice(0, index + 1));
    found = next;
  }
  return found;
}

/** A group of commands refuses the word by itself, and says which it has that is like it. */
async function refuse(parent: Command, words: readonly string[]): Promise<never> {
  if (parent.commands.length > 0) {
    await parent.parseAsync(['--', ...words.slice(-1)], { from: 'user' });
  }
  const command = printable(words.join(' '));
  throw new CommandError('usage', `unknown command '${command}' (see kes --help)`);
}
