/** How text looks: colours on a terminal, plain elsewhere. */
import { inspect } from 'node:util';

const FORMATS = {
  title: 'bold',
  good: 'green',
  bad: 'red',
  warning: 'yellow',
  future: 'cyan',
  faint: 'dim',
} as const;

export type Style = Readonly<Record<keyof typeof FORMATS, (text: string) => string>>;

/** The style of a stream: colours on a terminal, unless `NO_COLOR` is set or `TERM` is `dumb`. */
export function styleFor(
  { isTTY = false }: { readonly isTTY?: boolean },
  environment: Readonly<Record<string, string | undefined>>,
): Style {
  const isUnwanted = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb';
  return isTTY && !isUnwanted ? coloured : plain;
}

export const plain: Style = styleBy((_name, text) => text);

const coloured = styleBy((name, text) => {
  const [on, off] = inspect.colors[FORMATS[name]] ?? [];
  return `\u001b[${on}m${text}\u001b[${off}m`;
});

function styleBy(styled: (name: keyof typeof FORMATS, text: string) => string): Style {
  const names = Object.keys(FORMATS) as (keyof typeof FORMATS)[];
  return Object.fromEntries(
    names.map((name) => [name, (text: string) => styled(name, text)]),
  ) as Style;
}
