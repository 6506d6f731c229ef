import {
  kesParameters,
  networkNamed,
  networkNames,
  parametersOfGenesis,
  type KesParameters,
} from '@evolock/cardano-kes';
import { Option, type Command } from 'commander';
import { CommandError } from '../command-error.js';
import { aboutFile } from '../files/about-file.js';
import { readPublic } from '../files/read-public.js';
import { counted } from '../printable.js';
import type { Surroundings } from '../surroundings.js';
import { positiveNumber, positiveNumber64 } from '../whole-number.js';

/** Far more than a Shelley genesis has, bytes. */
const LARGEST = 16_777_216;

/** How a user says which network is meant. */
export interface NetworkOptions {
  readonly network?: string;
  readonly genesis?: string;
  readonly withoutByron?: boolean;
  readonly slotsPerKesPeriod?: bigint;
  readonly maxKesEvolutions?: number;
}

/** Adds the options by which a user says which network is meant. */
export function withNetworkOptions(command: Command): Command {
  return command
    .addOption(new Option('--network <name>', 'a network that kes knows').choices(networkNames))
    .option('--genesis <file>', 'or a Shelley genesis file')
    .option(
      '--without-byron',
      'with --genesis: its network began without a Byron era, so dates count from its start',
    )
    .option(
      '--slots-per-kes-period <slots>',
      'or its numbers: slots of a KES period',
      positiveNumber64,
    )
    .option('--max-kes-evolutions <evolutions>', 'and evolutions of a certificate', positiveNumber);
}

/** The network that is meant: exactly one of the three ways to say it. */
export async function networkOf(
  surroundings: Surroundings,
  { network, genesis, withoutByron = false, slotsPerKesPeriod, maxKesEvolutions }: NetworkOptions,
): Promise<KesParameters> {
  const hasNumbers = slotsPerKesPeriod !== undefined || maxKesEvolutions !== undefined;
  const ways = [network !== undefined, genesis !== undefined, hasNumbers].filter(Boolean).length;
  if (ways > 1) {
    throw new CommandError(
      'usage',
      'say once which network: --network, --genesis, or its numbers, not more than one of them',
    );
  }
  if (ways === 0) {
    throw new CommandError(
      'usage',
      'say which network: --network <name>, or --genesis <file>, or --slots-per-kes-period and --max-kes-evolutions',
    );
  }
  if (withoutByron && genesis === undefined) {
    throw new CommandError('usage', '--without-byron takes --genesis <file>');
  }
  if (network !== undefined) return networkNamed(network);
  if (genesis !== undefined) {
    const json = await readPublic(surroundings, genesis, LARGEST);
    return aboutFile(genesis, () => parametersOfGenesis(json, { withoutByron }));
  }
  if (slotsPerKesPeriod === undefined || maxKesEvolutions === undefined) {
    throw new CommandError('usage', '--slots-per-kes-period and --max-kes-evolutions go together');
  }
  return kesParameters({ slotsPerKesPeriod, maxKesEvolutions });
}

/** A network for a person. */
export function networkInWords({
  name,
  slotsPerKesPeriod,
  maxKesEvolutions,
}: KesParameters): string {
  return `${name}: ${counted(slotsPerKesPeriod, 'slot')} a KES period, ${counted(maxKesEvolutions, 'evolution')}`;
}
