/** The settings of the agent, from flags, environment variables and a file, and the configuration that they make. */
import { type KesParameters, networkNames, readVerificationKey } from '@evolock/cardano-kes';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { refuseDash } from '../../files/read.js';
import {
  oneOf,
  readToml,
  text,
  texts,
  tomlValues,
  yesOrNo,
  type Kind,
  type TomlTable,
} from '../../files/toml.js';
import { datedNetworkOf, namedNetwork } from '../../network/network.js';
import { defaultPathOf } from '../control/agent-control.js';
import { LOG_FORMATS, LOG_LEVELS, LOG_TARGETS } from './log.js';

/** A setting that is no flag of the command line only. */
interface Setting<T> {
  readonly kind: Kind<T>;
  /** Its key in the file. */
  readonly file: string;
  /** Its variable. Only the settings of the reference have one. */
  readonly variable?: string;
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
function settingsOfEnvironment(
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

function settingsOfFile(path: string, content: TomlTable): Settings {
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

/**
 * The settings of several places, the first one first. `--network` and `--genesis` are two ways to state one setting: a
 * place that names the network decides alone which network it is.
 */
function mergedSettings([first = {}, ...others]: readonly Settings[]): Settings {
  if (others.length === 0) return first;
  const rest = mergedSettings(others);
  const namesNetwork = first.network !== undefined || first.genesis !== undefined;
  const { network: _network, genesis: _genesis, withoutByron: _without, ...others_ } = rest;
  return { ...(namesNetwork ? others_ : rest), ...first };
}

/** The options of the command line: settings, and the file with more settings. */
export interface RunFlags extends Settings {
  readonly config?: string;
}

interface SocketPaths {
  readonly service: string;
  readonly control: string;
  readonly sign: string | undefined;
}

export interface Configuration extends SocketPaths {
  readonly settings: Settings;
  readonly bootstrap: readonly string[];
  /** 32 bytes. */
  readonly coldVerificationKey: Uint8Array;
  /** With dates. */
  readonly parameters: KesParameters;
}

/** The settings of the flags, of the environment and of the file. Flags win over the environment, that over the file. */
export async function settingsOf(
  session: Session,
  { config, ...flags }: RunFlags,
): Promise<Settings> {
  refuseDash('--config', config, 'the file is read again at a reload: give its name');
  const environment = settingsOfEnvironment(session.context.environment);
  const file =
    config === undefined ? {} : settingsOfFile(sourceName(config), await readToml(session, config));
  return mergedSettings([flags, environment, file]);
}

/** The paths of the sockets. Without a default path one has to be given. */
export function socketPathsOf(
  { context: { environment } }: Session,
  { service, control, sign }: Settings,
): SocketPaths {
  return {
    service: service ?? defaultPathOf('service', environment),
    control: control ?? defaultPathOf('control', environment),
    sign,
  };
}

/** Reads the whole configuration, at the start and at each reload. */
export async function readConfiguration(session: Session, flags: RunFlags): Promise<Configuration> {
  const settings = await settingsOf(session, flags);
  return {
    settings,
    coldVerificationKey: coldKeyOf(settings),
    parameters: await parametersOf(session, settings),
    bootstrap: settings.bootstrap ?? [],
    ...socketPathsOf(session, settings),
  };
}

function coldKeyOf({ coldVkey }: Settings): Uint8Array {
  if (coldVkey === undefined) {
    throw usage(
      'give the cold verification key: --cold-vkey <file>, or cold-vkey in the configuration file',
    );
  }
  refuseDash('--cold-vkey', coldVkey, 'the key is read again at a reload: give its file');
  return readVerificationKey('cold', coldVkey).verificationKey;
}

async function parametersOf(session: Session, settings: Settings): Promise<KesParameters> {
  const { network, genesis, withoutByron } = namedNetwork(session, settings);
  if (network === undefined && genesis === undefined) {
    throw usage(
      'name the network: --network <name> or --genesis <file>, or network or genesis-file in the configuration file',
    );
  }
  refuseDash('--genesis', genesis, 'the file is read again at a reload: give its name');
  return datedNetworkOf(session, { network, genesis, withoutByron });
}
