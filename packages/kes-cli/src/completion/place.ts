import type { Command, Option } from 'commander';

/** A place on the command line where completion offers something: behind `kes`, behind `kes opcert`, … */
export interface Place {
  /** The commands so far: `kes opcert`. */
  readonly path: string;
  readonly commands: readonly { readonly name: string; readonly words: string }[];
  readonly options: readonly PlaceOption[];
  /** What an argument may be, where it is not a file. */
  readonly choices: readonly string[];
}

/** An option that completion offers. */
export interface PlaceOption {
  readonly long: string;
  readonly short: string | undefined;
  readonly words: string;
  readonly takesValue: boolean;
  /** What the value may be, where it is not a file. */
  readonly choices: readonly string[];
}

/** All places below a command, itself first. */
export function placesBelow(command: Command, path = command.name()): Place[] {
  const help = command.createHelp();
  const children = help.visibleCommands(command);
  return [
    {
      path,
      commands: children.map((child) => ({ name: child.name(), words: child.summary() })),
      options: help.visibleOptions(command).map(optionOf),
      choices: command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []),
    },
    ...children.flatMap((child) => placesBelow(child, `${path} ${child.name()}`)),
  ];
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

/** The options of a place in both spellings. */
export function spellings(option: PlaceOption): string[] {
  return option.short === undefined ? [option.long] : [option.long, option.short];
}
