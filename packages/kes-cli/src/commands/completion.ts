/** `kes completion`: a script that lets a shell complete `kes`, and the completions that it asks for. */
import type { Command, Option } from 'commander';
import { type Definition, type Invocation, optionsOf } from '../cli/command.js';
import { UNCHECKED } from '../cli/errors.js';

/** A word that a shell offers, and what it means. */
type Completion = readonly [word: string, about: string];

/** What a shell needs. */
interface Shell {
  /** Calls `completion` of `kes` or `evolock-kes`, as it was typed, with the words of the line. Without an answer the shell completes file names. */
  readonly script: string;
  readonly lineOf: (completion: Completion) => string;
}

/** Between the words of a line. */
const SEPARATOR = '\t';

const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    script: `# kes completion for bash. In ~/.bashrc: eval "$(kes completion bash)"
_kes() {
  local IFS=$'\\t'
  local line="\${COMP_WORDS[*]:0:COMP_CWORD+1}"
  IFS=$'\\n'
  COMPREPLY=($("\${1##*/}" completion bash "$line" 2> /dev/null))
}
complete -o default -F _kes kes evolock-kes
`,
    lineOf: ([word]) => word,
  },
  zsh: {
    script: `#compdef kes evolock-kes
# kes completion for zsh. In ~/.zshrc, after compinit: eval "$(kes completion zsh)"
_kes() {
  local -a entries
  entries=("\${(@f)$("\${words[1]:t}" completion zsh "\${(pj:\\t:)words[1,CURRENT]}" 2> /dev/null)}")
  if [[ -n $entries ]]; then
    _describe kes entries
  else
    compset -P '--*='
    _files
  fi
}
(( $+functions[compdef] )) && compdef _kes kes evolock-kes
`,
    // An unescaped colon would end the word.
    lineOf: ([word, about]) => `${word.replaceAll(':', String.raw`\:`)}:${about}`,
  },
  fish: {
    script: `# kes completion for fish. In ~/.config/fish/config.fish: kes completion fish | source
function __kes_complete
    set -l current (commandline -ct)
    set -l name (string replace -r '.*/' '' (commandline -opc)[1])
    set -l entries ($name completion fish (string join \\t -- (commandline -opc) "$current") 2> /dev/null)
    if test (count $entries) -gt 0
        printf '%s\\n' $entries
    else
        __fish_complete_path "$current"
    end
end
complete -c kes -c evolock-kes -e
complete -c kes -c evolock-kes -f -a '(__kes_complete)'
`,
    lineOf: ([word, about]) => `${word}\t${about}`,
  },
};

export const completionCommand: Definition = {
  text: `
    <shell>  the shell
    [line]   for the script: the words of a line, with tabs between them

    # bash: put this in ~/.bashrc
    $ eval "$(kes completion bash)"
    # zsh: put this in ~/.zshrc, after compinit
    $ eval "$(kes completion zsh)"
    # fish: put this in ~/.config/fish/config.fish
    $ kes completion fish | source`,
  values: { shell: Object.keys(SHELLS) },
  exitCodes: UNCHECKED,
  run: async ({ session, treeOf }: Invocation, name: string, line?: string) => {
    const { script = '', lineOf } = SHELLS[name] ?? {};
    const [, ...words] = line?.split(SEPARATOR) ?? [];
    const found = line === undefined ? [] : completionsOf(await treeOf(words), words);
    const lines = found.map((each) => `${lineOf?.(each) ?? ''}\n`);
    session.context.stdout.write(line === undefined ? script : lines.join(''));
  },
};

/** The words that can stand where the last one is, which is incomplete. */
function completionsOf(kes: Command, words: readonly string[]): Completion[] {
  // bash splits --option=value into three words.
  const [last = '', ...before] = words.filter((word) => word !== '=').toReversed();
  const isAfterSign = words.at(-1) === '=';
  const [current, previous] = isAfterSign ? ['', last] : [last, before[0]];
  const isHelp = words[0] === 'help' && words.length > 1;
  let place = kes;
  for (const word of words.slice(isHelp ? 1 : 0, -1))
    place = place.commands.find((each) => each.name() === word) ?? place;
  return offered(place, { current, previous, isHelp }).filter(([word]) => word.startsWith(current));
}

interface Place {
  readonly current: string;
  readonly previous: string | undefined;
  readonly isHelp: boolean;
}

function offered(command: Command, { current, previous, isHelp }: Place): Completion[] {
  const options = isHelp ? [] : optionsOf(command);
  const [, joined] = /^(--[^=]+)=/.exec(current) ?? [];
  const option = options.find((each) => spellings(each).includes(joined ?? previous ?? ''));
  if (option !== undefined && (option.required || option.optional)) {
    const start = joined === undefined ? '' : `${joined}=`;
    return (option.argChoices ?? []).map((choice) => [`${start}${choice}`, '']);
  }
  if (current.startsWith('-'))
    return options.flatMap((each) =>
      spellings(each).map((word) => [word, each.description] as const),
    );
  const choices = isHelp
    ? []
    : command.registeredArguments.flatMap((each) => each.argChoices ?? []);
  return [
    ...command
      .createHelp()
      .visibleCommands(command)
      .map((each) => [each.name(), each.summary()] as const),
    ...choices.map((choice) => [choice, ''] as const),
  ];
}

function spellings({ long = '', short }: Option): string[] {
  return short === undefined ? [long] : [long, short];
}
