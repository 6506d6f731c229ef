/** The epochs of the network that the options name. */
import {
  epochParametersOf,
  epochParametersOfGenesis,
  networkNames,
  type EpochParameters,
} from '@evolock/cardano-kes';
import { aboutFile, CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { readPublic } from '../files/read.js';
import { LARGEST_GENESIS, type NetworkOptions } from './network.js';

/** The epochs of a network. The options have been checked to name one. */
export async function epochsOf(
  session: Session,
  { network, genesis, withoutByron = false }: NetworkOptions,
): Promise<EpochParameters> {
  if (network !== undefined) return epochParametersOf(network);
  if (genesis === undefined) {
    throw new CommandError(
      'usage',
      '--vrf needs the epochs of the network: name it by --network or by --genesis',
    );
  }
  const json = await readPublic(session, genesis, LARGEST_GENESIS);
  const epochs = aboutFile(genesis, () => epochParametersOfGenesis(json));
  // The file of a known network is known by its hash.
  const isKnown = networkNames.some((name) => epochParametersOf(name) === epochs);
  if (withoutByron || isKnown) return epochs;
  throw new CommandError(
    'usage',
    'a Shelley genesis does not state in which epoch the Shelley era began: add --without-byron if the network started without a Byron era',
  );
}
