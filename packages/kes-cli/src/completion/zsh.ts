import { quote, spellings, type Place } from './place.js';

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
${places.flatMap(valueCases).join('\n')}
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

function valueCases({ path, options }: Place): string[] {
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
