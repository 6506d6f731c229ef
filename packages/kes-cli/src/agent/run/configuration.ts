/** The configuration of a run, from all places, with the content of the files that it names. */
import { readColdVerificationKey, type KesParameters } from '@evolock/cardano-kes';
import { CommandError } from '../../cli/errors.js';
import type { Session } from '../../cli/session.js';
import { sourceName } from '../../cli/text.js';
import { refuseDash } from '../../files/read.js';
import { readToml } from '../../files/toml.js';
import { datedNetworkOf, namedNetwork } from '../../network/network.js';
import { defaultPathOf } from '../default-path.js';
import {
  mergedSettings,
  settingsOfEnvironment,
  settingsOfFile,
  type Settings,
} from './settings.js';

/** The options of the command line: settings, and the file with more settings. */
export interface RunFlags extends Settings {
  readonly config?: string;
}

/** The paths of the sockets. */
export interface SocketPaths {
  readonly service: string;
  readonly control: string;
  readonly sign: string | undefined;
}

/** What an agent is started with. */
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
    throw new CommandError(
      'usage',
      'give the cold verification key: --cold-vkey <file>, or cold-vkey in the configuration file',
    );
  }
  refuseDash('--cold-vkey', coldVkey, 'the key is read again at a reload: give its file');
  return readColdVerificationKey(coldVkey).verificationKey;
}

async function parametersOf(session: Session, settings: Settings): Promise<KesParameters> {
  const { network, genesis, withoutByron } = namedNetwork(session, settings);
  if (network === undefined && genesis === undefined) {
    throw new CommandError(
      'usage',
      'name the network: --network <name> or --genesis <file>, or network or genesis-file in the configuration file',
    );
  }
  refuseDash('--genesis', genesis, 'the file is read again at a reload: give its name');
  return datedNetworkOf(session, { network, genesis, withoutByron });
}
