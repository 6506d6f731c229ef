/** The settings of the agent, from flags, environment variables and a file, and the configuration that they make. */
import { type KesParameters, networkNames } from '@evolock/cardano-headers';
import { readVerificationKey } from '@evolock/cardano-kes';
import type { AgentConfiguration, AgentOptions } from '@evolock/kes-agent';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName } from '@evolock/command-line/text';
import { readToml, refuseDash } from '../../files/read.js';
import {
  oneOf,
  text,
  texts,
  tomlValues,
  yesOrNo,
  type Setting,
} from '@evolock/command-line/files/toml';
import { datedNetworkOf, namedNetwork } from '../../network/network.js';
import { defaultPathOf } from '../control/agent-control.js';
import { LOG_FORMATS, LOG_LEVELS, LOG_TARGETS } from './log.js';

/** The settings, which are flags of the command line too. Those of the reference agent have a variable. */
const SETTINGS = {
  service: { ...text, key: 'service-path', variable: 'KES_AGENT_SERVICE_PATH' },
  control: { ...text, key: 'control-path', variable: 'KES_AGENT_CONTROL_PATH' },
  sign: { ...text, key: 'sign-path' },
  bootstrap: { ...texts, key: 'bootstrap-paths', variable: 'KES_AGENT_BOOTSTRAP_PATHS' },
  coldVkey: { ...text, key: 'cold-vkey', variable: 'KES_AGENT_COLD_VK' },
  network: { ...oneOf(networkNames), key: 'network' },
  genesis: { ...text, key: 'genesis-file', variable: 'KES_AGENT_GENESIS_FILE' },
  withoutByron: { ...yesOrNo, key: 'without-byron' },
  socketGroup: { ...text, key: 'socket-group' },
  signGroup: { ...text, key: 'sign-group' },
  signBlockHeaders: { ...yesOrNo, key: 'sign-block-headers' },
  prometheus: { ...text, key: 'prometheus' },
  onChain: { ...text, key: 'on-chain' },
  logLevel: { ...oneOf(LOG_LEVELS), key: 'log-level', variable: 'KES_AGENT_LOG_LEVEL' },
  logFormat: { ...oneOf(LOG_FORMATS), key: 'log-format' },
  logTarget: { ...oneOf(LOG_TARGETS), key: 'log-target', variable: 'KES_AGENT_LOG_TARGET' },
} satisfies Readonly<Record<string, Setting>>;

/** The settings of one place, or of all together. The names are those of the flags. */
export type Settings = {
  readonly [N in keyof typeof SETTINGS]?: (typeof SETTINGS)[N] extends Setting<infer T> ? T : never;
};

/** The settings in environment variables. An empty variable counts as absent. */
function settingsOfEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): Settings {
  const found: Record<string, unknown> = {};
  const all: [name: string, Setting][] = Object.entries(SETTINGS);
  for (const [name, { variable = '', words, ofText }] of all) {
    const text = environment[variable] ?? '';
    if (text === '') continue;
    found[name] = ofText(text);
    if (found[name] === undefined)
      throw usage(`${variable}: ${printable(text)}: it must be ${words}`);
  }
  return found;
}

/**
 * The settings of two places, the first one first. `--network` and `--genesis` are two ways to state one setting: a place that
 * names the network decides alone which network it is.
 */
function over(first: Settings, rest: Settings): Settings {
  const namesNetwork = first.network !== undefined || first.genesis !== undefined;
  const { network: _network, genesis: _genesis, withoutByron: _without, ...others } = rest;
  return { ...(namesNetwork ? others : rest), ...first };
}

export interface RunFlags extends Settings {
  readonly config?: string;
}

export interface Configuration {
  readonly settings: Settings;
  readonly reloaded: AgentConfiguration;
  /** What stays until a restart. */
  readonly fixed: Pick<AgentOptions, 'signBlockHeaders' | 'socketGroup' | 'signGroup'>;
}

/** The settings of the flags, of the environment and of the file. Flags win over the environment, that over the file. */
export async function settingsOf(
  session: Session,
  { config, ...flags }: RunFlags,
): Promise<Settings> {
  refuseDash('--config', config, 'the file is read again at a reload: give its name');
  const environment = settingsOfEnvironment(session.context.environment);
  const file =
    config === undefined
      ? {}
      : tomlValues(sourceName(config), await readToml(session, config), SETTINGS);
  return over(flags, over(environment, file));
}

/** The paths of the sockets. Without a default path one has to be given. */
export function socketPathsOf(
  { context: { environment } }: Session,
  { service, control, sign }: Settings,
): Pick<AgentOptions, 'service' | 'control' | 'sign'> {
  return {
    service: service ?? defaultPathOf('service', environment),
    control: control ?? defaultPathOf('control', environment),
    sign,
  };
}

/** Reads the whole configuration, at the start and at each reload. */
export async function readConfiguration(session: Session, flags: RunFlags): Promise<Configuration> {
  const settings = await settingsOf(session, flags);
  const { bootstrap, signBlockHeaders, socketGroup, signGroup, prometheus, onChain } = settings;
  if (onChain !== undefined && prometheus === undefined)
    throw usage('--on-chain of an agent is for its metrics: give --prometheus <file> too');
  refuseDash('--on-chain', onChain, 'the file is read again and again: give its name');
  const reloaded = {
    coldVerificationKey: coldKeyOf(settings),
    parameters: await parametersOf(session, settings),
    bootstrap,
    ...socketPathsOf(session, settings),
  };
  const fixed = {
    signBlockHeaders,
    socketGroup: groupOf(socketGroup),
    signGroup: groupOf(signGroup),
  };
  return { settings, reloaded, fixed };
}

function groupOf(group: string | undefined): string | number | undefined {
  return group !== undefined && /^[0-9]+$/.test(group) ? Number(group) : group;
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
