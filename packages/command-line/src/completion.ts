/** The command `completion`: a script that lets a shell complete a program, and the completions that it asks for. */
import type { Command, Option } from 'commander';
import { type Definition, optionsOf } from './command.js';
import { UNCHECKED } from './errors.js';
import type { Program, Session } from './session.js';

type Completion = readonly [word: string, about: string];

/** The name of a program, all its names, and the function that a script defines. */
interface Names {
  readonly name: string;
  readonly all: readonly string[];
  readonly call: string;
}

interface Shell {
  /**
   * Calls `completion` of the program, by the name that was typed, with the words of the line, in a function of the shell,
   * `_NAME`. Without an answer the shell completes file names.
   */
  readonly script: (names: Names) => string;
  readonly lineOf: (completion: Completion) => string;
}

const SEPARATOR = '\t';

const SHELLS: Readonly<Record<string, Shell>> = {
  bash: {
    script: ({
      name,
      all,
      call,
    }) => `# ${name} completion for bash. In ~/.bashrc: eval "$(${name} completion bash)"
${call}() {
  local IFS=$'\\t'
  local line="\${COMP_WORDS[*]:0:COMP_CWORD+1}"
  IFS=$'\\n'
  COMPREPLY=($("\${1##*/}" completion bash "$line" 2> /dev/null))
}
complete -o default -F ${call} ${all.join(' ')}
`,
    lineOf: ([word]) => word,
  },
  zsh: {
    script: ({ name, all, call }) => `#compdef ${all.join(' ')}
# ${name} completion for zsh. In ~/.zshrc, after compinit: eval "$(${name} completion zsh)"
${call}() {
  local -a entries
  entries=("\${(@f)$("\${words[1]:t}" completion zsh "\${(pj:\\t:)words[1,CURRENT]}" 2> /dev/null)}")
  if [[ -n $entries ]]; then
    _describe ${name} entries
  else
    compset -P '--*='
    _files
  fi
}
(( $+functions[compdef] )) && compdef ${call} ${all.join(' ')}
`,
    // An unescaped colon would end the word.
    lineOf: ([word, about]) => `${word.replaceAll(':', String.raw`\:`)}:${about}`,
  },
  fish: {
    script: ({
      name,
      all,
      call,
    }) => `# ${name} completion for fish. In ~/.config/fish/config.fish: ${name} completion fish | source
function _${call}_complete
    set -l current (commandline -ct)
    set -l name (string replace -r '.*/' '' (commandline -opc)[1])
    set -l entries ($name completion fish (string join \\t -- (commandline -opc) "$current") 2> /dev/null)
    if test (count $entries) -gt 0
        printf '%s\\n' $entries
    else
        __fish_complete_path "$current"
    end
end
complete ${all.map((each) => `-c ${each}`).join(' ')} -e
complete ${all.map((each) => `-c ${each}`).join(' ')} -f -a '(_${call}_complete)'
`,
    lineOf: ([word, about]) => `${word}\t${about}`,
  },
};

/** The command of a program, which may have other names. `treeOf` returns the commands that some arguments name. */
export const completionOf = (
  { name, aliases = [] }: Program,
  treeOf: (session: Session, args: readonly string[]) => Promise<Command>,
): Definition => ({
  text: `
    <shell>  the shell
    [line]   for the script: the words of a line, with tabs between them

    # bash: put this in ~/.bashrc
    $ eval "$(${name} completion bash)"
    # zsh: put this in ~/.zshrc, after compinit
    $ eval "$(${name} completion zsh)"
    # fish: put this in ~/.config/fish/config.fish
    $ ${name} completion fish | source`,
  values: { shell: Object.keys(SHELLS) },
  exitCodes: UNCHECKED,
  run: async (session: Session, shell: string, line?: string) => {
    const { script, lineOf } = SHELLS[shell] ?? {};
    const [, ...words] = line?.split(SEPARATOR) ?? [];
    const found = line === undefined ? [] : completionsOf(await treeOf(session, words), words);
    const lines = found.map((each) => `${lineOf?.(each) ?? ''}\n`);
    const names = { name, all: [name, ...aliases], call: `_${name.replaceAll('-', '_')}` };
    session.context.stdout.write(line === undefined ? (script?.(names) ?? '') : lines.join(''));
  },
});

/** The words that can stand where the last one is, which is incomplete. */
function completionsOf(root: Command, words: readonly string[]): Completion[] {
  // bash splits --option=value into three words.
  const [last = '', ...before] = words.filter((word) => word !== '=').toReversed();
  const isAfterSign = words.at(-1) === '=';
  const [current, previous] = isAfterSign ? ['', last] : [last, before[0]];
  const isHelp = words[0] === 'help' && words.length > 1;
  let place = root;
  for (const word of words.slice(isHelp ? 1 : 0, -1))
    place = place.commands.find((each) => each.name() === word) ?? place;
  return offered(place, { current, previous, isHelp }).filter(([word]) => word.startsWith(current));
}

interface Position {
  readonly current: string;
  readonly previous: string | undefined;
  readonly isHelp: boolean;
}

function offered(command: Command, { current, previous, isHelp }: Position): Completion[] {
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
