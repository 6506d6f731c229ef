/** The completion scripts for bash, zsh and fish. */
import { type Place, type PlaceOption, quote, spellings } from './place.js';

/** The completion script for bash. bash completes file names when no word fits. */
export function bashScript(places: readonly Place[]): string {
  const paths = places.slice(1).map(({ path }) => quote(path));
  return `# kes completion for bash. In ~/.bashrc: eval "$(kes completion bash)"
_kes() {
  local current=\${COMP_WORDS[COMP_CWORD]} where=kes words= options= i
  local previous=\${COMP_WORDS[COMP_CWORD - 1]}
  # bash splits --option=value.
  if [[ $current == '=' ]]; then current=
  elif [[ $previous == '=' ]]; then previous=\${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case "$where \${COMP_WORDS[i]}" in
      ${paths.join(' | ')}) where="$where \${COMP_WORDS[i]}" ;;
    esac
  done
  case "$where" in
${places.map(placeCase).join('\n')}
  esac
  [[ $current != -* ]] || words=$options
  case "$where $previous" in
${places.flatMap(valueCases).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _kes kes
`;
}

function placeCase({ path, commands, choices, options }: Place): string {
  const words = [...commands.map(({ name }) => name), ...choices];
  const all = options.flatMap((option) => spellings(option));
  return `    ${quote(path)}) words=${quote(words.join(' '))} options=${quote(all.join(' '))} ;;`;
}

/** The words after an option that has a value. */
function valueCases({ path, options }: Place): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map((option) => {
      const patterns = spellings(option).map((spelling) => quote(`${path} ${spelling}`));
      return `    ${patterns.join(' | ')}) words=${quote(option.choices.join(' '))} ;;`;
    });
}

/** The completion script for zsh, with descriptions. */
export function zshScript(places: readonly Place[]): string {
  const paths = places.slice(1).map(({ path }) => quote(path));
  return `#compdef kes
# kes completion for zsh. In ~/.zshrc, after compinit: eval "$(kes completion zsh)"
_kes() {
  local where=kes word previous=\${words[CURRENT-1]}
  local -a entries options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    case "$where $word" in
      (${paths.join('|')}) where="$where $word" ;;
    esac
  done
  if compset -P '--*='; then previous=\${IPREFIX%=}; fi
  case "$where $previous" in
${places.flatMap(zshValueCases).join('\n')}
  esac
  case "$where" in
${places.map(entriesCase).join('\n')}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe -o option options
  elif (( $#entries )); then
    _describe command entries
  else
    _files
  fi
}
(( $+functions[compdef] )) && compdef _kes kes
`;
}

function zshValueCases({ path, options }: Place): string[] {
  return options
    .filter(({ takesValue }) => takesValue)
    .map((option) => {
      const patterns = spellings(option).map((spelling) => quote(`${path} ${spelling}`));
      const action = option.choices.length === 0 ? '_files' : `compadd ${option.choices.join(' ')}`;
      return `    (${patterns.join('|')}) ${action}; return ;;`;
    });
}

function entriesCase({ path, commands, choices, options }: Place): string {
  const entries = [
    ...commands.map(({ name, words }) => described(name, words)),
    ...choices.map((choice) => quote(choice)),
  ];
  const described_ = options.flatMap((option) =>
    spellings(option).map((spelling) => described(spelling, option.words)),
  );
  return `    (${quote(path)}) entries=(${entries.join(' ')}) options=(${described_.join(' ')}) ;;`;
}

/** An entry of `_describe`. An unescaped colon would end the name. */
function described(name: string, words: string): string {
  return quote(`${name.replaceAll(':', String.raw`\:`)}:${words}`);
}

/** The completion script for fish, with descriptions. */
export function fishScript(places: readonly Place[]): string {
  const paths = places.slice(1).map(({ path }) => fishQuote(path));
  return `# kes completion for fish. In ~/.config/fish/config.fish: kes completion fish | source
function __kes_at
    set -l where kes
    for word in (commandline -opc)[2..]
        switch "$where $word"
            case ${paths.join(' ')}
                set where "$where $word"
        end
    end
    test "$where" = "$argv"
end
complete -c kes -e
${places.flatMap(fishLines).join('\n')}
`;
}

function fishLines({ path, commands, choices, options }: Place): string[] {
  const at = `complete -c kes -n ${fishQuote(`__kes_at ${path}`)}`;
  return [
    ...commands.map(({ name, words }) => `${at} -f -a ${name} -d ${fishQuote(words)}`),
    ...choices.map((choice) => `${at} -f -a ${choice}`),
    ...options.map((option) => `${at} ${fishOption(option)}`),
  ];
}

function fishOption(option: PlaceOption): string {
  const { words, takesValue, choices } = option;
  return [
    ...spellings(option).map((each) =>
      each.startsWith('--') ? `-l ${each.slice(2)}` : `-s ${each.slice(1)}`,
    ),
    ...(takesValue ? [choices.length === 0 ? '-r' : `-x -a ${fishQuote(choices.join(' '))}`] : []),
    `-d ${fishQuote(words)}`,
  ].join(' ');
}

/** Text between single quotes for fish, where a backslash escapes the fishQuote and itself. */
function fishQuote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
