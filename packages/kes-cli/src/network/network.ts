/** The options that name a network, its parameters and its epochs. */
import { hasDates, type KesParameters, networkNamed, networkNames } from '@evolock/cardano-headers';
import { epochParametersOfGenesis, parametersOfGenesis } from '@evolock/cardano-headers/genesis';
import { type EpochParameters, epochParametersOf } from '@evolock/cardano-headers/nonces';
import type { Json } from '@evolock/command-line/answer';
import type { Terms } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import { aboutFile } from '../errors.js';
import type { Session } from '@evolock/command-line/session';
import { counted, printable, shellWord, sourceName } from '@evolock/command-line/text';
import { readPublic } from '../files/read.js';
import { momentNow, type NetworkMoment } from './clock.js';

/** The size limit of a Shelley genesis in bytes, far above real ones. */
const LARGEST_GENESIS = 16_777_216;

export interface NetworkOptions {
  readonly network?: string | undefined;
  readonly genesis?: string | undefined;
  readonly withoutByron?: boolean | undefined;
}

/** What `kes help networks` shows: the help of a command names the first option alone. */
export const ABOUT_NETWORKS = `A command that needs a network takes one of these:

  --network <name>   ${networkNames.join(', ')}
  --genesis <file>   another network, by its Shelley genesis file
  --without-byron    with --genesis: the network started without a Byron era, so
                     its slots have dates

The environment variable KES_NETWORK names a network for all commands. An
option of the command line goes before it.
`;

export const NETWORK: readonly Terms[] = [
  {
    text: `
      --network <name>  the network, or KES_NETWORK (kes help networks)`,
    values: { network: networkNames },
  },
  {
    text: `
      --genesis <file>  or another network
      --without-byron   with --genesis: it had no Byron era`,
    areHidden: true,
  },
];

/** The options, or KES_NETWORK when they name no network. */
export function namedNetwork(
  { context: { environment } }: Session,
  options: NetworkOptions,
): NetworkOptions {
  const network = environment['KES_NETWORK'] ?? '';
  if (network === '' || namesNetwork(options)) return options;
  if ((networkNames as readonly string[]).includes(network)) return { ...options, network };
  throw usage(`KES_NETWORK: ${printable(network)}: it must be one of ${networkNames.join(', ')}`);
}

/** Whether the options name a network, completely or not. */
export function namesNetwork({ network, genesis, withoutByron }: NetworkOptions): boolean {
  return [network, genesis, withoutByron].some((each) => each !== undefined);
}

export async function networkOf(session: Session, options: NetworkOptions): Promise<KesParameters> {
  const { network, genesis, withoutByron = false } = namedNetwork(session, options);
  if (network !== undefined && genesis !== undefined) {
    throw usage('name the network once: by --network or by --genesis');
  }
  if (withoutByron && genesis === undefined) {
    throw usage('--without-byron needs --genesis <file>');
  }
  if (network !== undefined) return networkNamed(network);
  if (genesis === undefined) {
    throw usage(
      'name the network: --network <name>, or one of the other ways of kes help networks',
    );
  }
  const json = await readPublic(session, genesis, LARGEST_GENESIS);
  return aboutFile(genesis, () => parametersOfGenesis(json, { withoutByron }));
}

export async function datedNetworkOf(
  session: Session,
  options: NetworkOptions,
): Promise<KesParameters> {
  const parameters = await networkOf(session, options);
  if (hasDates(parameters)) return parameters;
  throw usage(
    'the slots of this network have no dates, so its KES period is unknown: add --without-byron if the network started without a Byron era',
  );
}

/** The network of the options at this moment; `undefined` when they name none. */
export async function placeIfNamed(
  session: Session,
  options: NetworkOptions,
): Promise<NetworkMoment | undefined> {
  if (!namesNetwork(namedNetwork(session, options))) return undefined;
  const parameters = await datedNetworkOf(session, options);
  return { parameters, moment: momentNow(parameters, session.context.now()) };
}

/** The options of a named network or of a genesis file, to type them again. */
export function networkArguments(session: Session, options: NetworkOptions): string {
  const { network, genesis, withoutByron } = namedNetwork(session, options);
  if (genesis === undefined) return `--network ${network ?? ''}`;
  return `--genesis ${shellWord(genesis)}${withoutByron === true ? ' --without-byron' : ''}`;
}

export function datesWarnings(parameters: KesParameters, { genesis }: NetworkOptions): string[] {
  if (genesis === undefined || hasDates(parameters)) return [];
  return [
    `${sourceName(genesis)}: a Shelley genesis does not state whether the network had a Byron era before, so its slots have no dates here: add --without-byron if it had none`,
  ];
}

export function networkInWords({
  name,
  slotsPerKesPeriod,
  maxKesEvolutions,
}: KesParameters): string {
  return `${name}: ${counted(slotsPerKesPeriod, 'slot')} a KES period, ${counted(maxKesEvolutions, 'evolution')}`;
}

export function networkJson({ name, slotsPerKesPeriod, maxKesEvolutions }: KesParameters): Json {
  return { name, slotsPerKesPeriod: String(slotsPerKesPeriod), maxKesEvolutions };
}

/** The epochs of a network. The options have been checked to name one. */
export async function epochsOf(
  session: Session,
  { network, genesis = '', withoutByron = false }: NetworkOptions,
): Promise<EpochParameters> {
  if (network !== undefined) return epochParametersOf(network);
  const json = await readPublic(session, genesis, LARGEST_GENESIS);
  const epochs = aboutFile(genesis, () => epochParametersOfGenesis(json));
  // The file of a known network is known by its hash.
  const isKnown = networkNames.some((name) => epochParametersOf(name) === epochs);
  if (withoutByron || isKnown) return epochs;
  throw usage(
    'a Shelley genesis does not state in which epoch the Shelley era began: add --without-byron if the network started without a Byron era',
  );
}
