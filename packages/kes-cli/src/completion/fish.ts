import type { Place, PlaceOption } from './place.js';

/** The completion script for fish, with descriptions. */
export function fishScript(places: readonly Place[]): string {
  const paths = places.slice(1).map(({ path }) => quote(path));
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
${places.flatMap(linesOf).join('\n')}
`;
}

function linesOf({ path, commands, choices, options }: Place): string[] {
  const at = `complete -c kes -n ${quote(`__kes_at ${path}`)}`;
  return [
    ...commands.map(({ name, words }) => `${at} -f -a ${name} -d ${quote(words)}`),
    ...choices.map((choice) => `${at} -f -a ${choice}`),
    ...options.map((option) => `${at} ${optionIn(option)}`),
  ];
}

function optionIn({ long, short, words, takesValue, choices }: PlaceOption): string {
  return [
    `-l ${long.slice(2)}`,
    ...(short === undefined ? [] : [`-s ${short.slice(1)}`]),
    ...(takesValue ? [choices.length === 0 ? '-r' : `-x -a ${quote(choices.join(' '))}`] : []),
    `-d ${quote(words)}`,
  ].join(' ');
}

/** Text between single quotes for fish, where a backslash escapes the quote and itself. */
function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", String.raw`\'`)}'`;
}
