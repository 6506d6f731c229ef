import { Argument } from 'commander';
import type { Definition, Invocation } from '../cli/command.js';
import { UNCHECKED } from '../cli/errors.js';
import { bashScript, fishScript, zshScript } from '../completion/scripts.js';
import { placesOf, type Place } from '../completion/place.js';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const satisfies Record<
  string,
  (places: readonly Place[]) => string
>;

/** `kes completion`: a script that lets a shell complete `kes`. */
export const completionCommand: Definition = {
  examples: [
    ['eval "$(kes completion bash)"', 'bash: put this in ~/.bashrc'],
    ['eval "$(kes completion zsh)"', 'zsh: put this in ~/.zshrc, after compinit'],
    ['kes completion fish | source', 'fish: put this in ~/.config/fish/config.fish'],
  ],
  exitCodes: UNCHECKED,
  options: (command) =>
    command.addArgument(new Argument('<shell>', 'the shell').choices(Object.keys(SCRIPTS))),
  run: async ({ session, wholeTree }: Invocation, shell: keyof typeof SCRIPTS) => {
    session.context.stdout.write(SCRIPTS[shell](placesOf(await wholeTree())));
  },
};
