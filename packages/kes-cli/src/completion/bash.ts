import { quote, spellings, type Place } from './place.js';

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
