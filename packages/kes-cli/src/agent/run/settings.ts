/** The settings of the agent, and the three places where they are: flags, environment variables, a file. */
import { networkNames } from '@evolock/cardano-kes';
import { CommandError } from '../../cli/errors.js';
import { printable } from '../../cli/text.js';
import { tomlValues, type TomlTable } from '../../files/toml.js';
import { LOG_FORMATS, LOG_LEVELS, LOG_TARGETS } from './flags.js';

/** How a value is written in an environment variable and in the file. Both functions return `undefined` for another value. */
interface Kind<T> {
  /** What the value must be. */
  readonly words: string;
  readonly ofText: (text: string) => T | undefined;
  readonly ofFile: (value: unknown) => T | undefined;
}

/** A setting that is no flag of the command line only. */
interface Setting<T> {
  readonly kind: Kind<T>;
  /** Its key in the file. */
  readonly file: string;
  /** Its variable. Only the settings of the reference have one. */
  readonly variable?: string;
}

const text: Kind<string> = {
  words: 'text',
  ofText: (value) => value,
  ofFile: (value) => (typeof value === 'string' && value !== '' ? value : undefined),
};

const texts: Kind<readonly string[]> = {
  words: 'an array of text',
  ofText: (value) => value.split(':').filter((each) => each !== ''),
  ofFile: (value) => (Array.isArray(value) && value.every(isText) ? value : undefined),
};

const yesOrNo: Kind<boolean> = {
  words: 'true or false',
  ofText: (value) => ({ true: true, false: false })[value],
  ofFile: (value) => (typeof value === 'boolean' ? value : undefined),
};

const positive: Kind<number> = {
  words: 'a whole number from 1',
  ofText: (value) => positive.ofFile(Number(value)),
  ofFile: (value) => (Number.isSafeInteger(value) && Number(value) > 0 ? Number(value) : undefined),
};

function oneOf<T extends string>(choices: readonly T[]): Kind<T> {
  const choice = (value: unknown): T | undefined => choices.find((each) => each === value);
  return { words: `one of ${choices.join(', ')}`, ofText: choice, ofFile: choice };
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

const SETTINGS = {
  service: { kind: text, file: 'service-path', variable: 'KES_AGENT_SERVICE_PATH' },
  control: { kind: text, file: 'control-path', variable: 'KES_AGENT_CONTROL_PATH' },
  sign: { kind: text, file: 'sign-path' },
  bootstrap: { kind: texts, file: 'bootstrap-paths', variable: 'KES_AGENT_BOOTSTRAP_PATHS' },
  coldVkey: { kind: text, file: 'cold-vkey', variable: 'KES_AGENT_COLD_VK' },
  network: { kind: oneOf(networkNames), file: 'network' },
  genesis: { kind: text, file: 'genesis-file', variable: 'KES_AGENT_GENESIS_FILE' },
  withoutByron: { kind: yesOrNo, file: 'without-byron' },
  socketGroup: { kind: text, file: 'socket-group' },
  signGroup: { kind: text, file: 'sign-group' },
  signBlockHeaders: { kind: yesOrNo, file: 'sign-block-headers' },
  messageSize: { kind: positive, file: 'message-size' },
  signaturesPerSecond: { kind: positive, file: 'signatures-per-second' },
  clients: { kind: positive, file: 'clients' },
  timeout: { kind: positive, file: 'timeout' },
  secondLook: { kind: positive, file: 'second-look' },
  logLevel: { kind: oneOf(LOG_LEVELS), file: 'log-level', variable: 'KES_AGENT_LOG_LEVEL' },
  logFormat: { kind: oneOf(LOG_FORMATS), file: 'log-format' },
  logTarget: { kind: oneOf(LOG_TARGETS), file: 'log-target', variable: 'KES_AGENT_LOG_TARGET' },
} as const satisfies Readonly<Record<string, Setting<unknown>>>;

type Name = keyof typeof SETTINGS;

/** The settings of one place, or of all together. The names are those of the flags. */
export type Settings = {
  readonly [N in Name]?: (typeof SETTINGS)[N]['kind'] extends Kind<infer T> ? T : never;
};

/** All settings with their types widened, for loops. */
const ALL: readonly (readonly [name: string, setting: Setting<unknown>])[] =
  Object.entries(SETTINGS);

/** The settings in environment variables. An empty variable counts as absent. */
export function settingsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const found: Record<string, unknown> = {};
  for (const [name, { kind, variable = '' }] of ALL) {
    const value = environment[variable] ?? '';
    if (value === '') continue;
    found[name] = checked(kind.ofText(value), `${variable}: ${printable(value)}`, kind);
  }
  return found;
}

/** The settings in a parsed file. */
export function settingsOfFile(path: string, content: TomlTable): Settings {
  return tomlValues(
    path,
    content,
    ALL.map(([name, { file, kind }]) => ({ name, key: file, ...kind })),
  );
}

function checked<T>(value: T | undefined, what: string, { words }: Kind<T>): T {
  if (value === undefined) throw usage(`${what}: it must be ${words}`);
  return value;
}

function usage(message: string): CommandError {
  return new CommandError('usage', message);
}

/**
 * The settings of several places, the first one first. `--network` and `--genesis` are two ways to state one setting: a
 * place that names the network decides alone which network it is.
 */
export function mergedSettings([first = {}, ...others]: readonly Settings[]): Settings {
  if (others.length === 0) return first;
  const rest = mergedSettings(others);
  const namesNetwork = first.network !== undefined || first.genesis !== undefined;
  const { network: _network, genesis: _genesis, withoutByron: _without, ...others_ } = rest;
  return { ...(namesNetwork ? others_ : rest), ...first };
}
