import { Argument, type Command } from 'commander';
import { group } from '../cli/command.js';
import { UNCHECKED } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { bashScript } from '../completion/bash.js';
import { fishScript } from '../completion/fish.js';
import { placesOf, type Place } from '../completion/place.js';
import { zshScript } from '../completion/zsh.js';
import { SUMMARIES } from '../summaries.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Record<
  string,
  (places: readonly Place[]) => string
>;

/** `kes completion`: a script that lets a shell complete `kes`. */
export function completionCommand(session: Session, wholeTree: () => Promise<Command>): Command {
  return group(session, 'kes completion', {
    summary: SUMMARIES.completion,
    examples: [
      ['eval "$(kes completion bash)"', 'bash: put this in ~/.bashrc'],
      ['eval "$(kes completion zsh)"', 'zsh: put this in ~/.zshrc, after compinit'],
      ['kes completion fish | source', 'fish: put this in ~/.config/fish/config.fish'],
    ],
    exitCodes: UNCHECKED,
  })
    .addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS)))
    .action(async (shell: keyof typeof SCRIPTS) => {
      session.context.stdout.write(SCRIPTS[shell](placesOf(await wholeTree())));
    });
}
