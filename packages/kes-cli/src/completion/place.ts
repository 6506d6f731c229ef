import type { Command, Option } from 'commander';

/** A place on the command line where a shell completes: after `kes`, after `kes opcert`, … */
export interface Place {
  /** The words before the place: `kes opcert`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly words: string }[];
  readonly options: readonly PlaceOption[];
  /** The values of an argument that is not a file. */
  readonly choices: readonly string[];
}

/** An option of a place. */
export interface PlaceOption {
  readonly long: string;
  readonly short: string | undefined;
  readonly words: string;
  readonly takesValue: boolean;
  /** The values, if they are not files. */
  readonly choices: readonly string[];
}

/** All places of a command line. After `kes help` a shell completes the same commands as after `kes`. */
export function placesOf(kes: Command): Place[] {
  const places = placesBelow(kes);
  const ofHelp = `${kes.name()} help`;
  const named = places.filter(({ commands }) => commands.length > 0);
  return [
    ...places.filter(({ path }) => path !== ofHelp),
    ...named.map(({ path, commands }) => ({
      path: path.replace(kes.name(), ofHelp),
      commands,
      options: places.find((place) => place.path === ofHelp)?.options ?? [],
      choices: [],
    })),
  ];
}

/** The place of a command, and the places of all commands below it. */
export function placesBelow(command: Command, path = command.name()): Place[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  return [
    {
      path,
      commands: children.map((child) => ({ name: child.name(), words: child.summary() })),
      options: optionsOf(command).map(optionOf),
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...children.flatMap((child) => placesBelow(child, `${path} ${child.name()}`)),
  ];
}

/** The options of a command, with those that a topic of the help explains, and without other spellings. */
export function optionsOf(command: Command): readonly Option[] {
  const explained = command.options.filter(
    ({ hidden, description }) => hidden && description !== '',
  );
  return [...command.createHelp().visibleOptions(command), ...explained];
}

function optionOf(option: Option): PlaceOption {
  return {
    long: option.long ?? '',
    short: option.short,
    words: option.description,
    takesValue: option.required || option.optional,
    choices: option.argChoices ?? [],
  };
}

/** The long spelling of an option, and the short or second long one. */
export function spellings(option: PlaceOption): string[] {
  return option.short === undefined ? [option.long] : [option.long, option.short];
}

/** Text between single quotes, for bash, zsh and their `case` patterns. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
