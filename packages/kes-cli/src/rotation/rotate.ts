import { CHAIN_RULE } from '../certificates/number.js';
import { ON_CHAIN, type OnChainOptions } from '../certificates/on-chain.js';
import type { Answer } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { shellWord } from '@evolock/command-line/text';
import { momentNow } from '../network/clock.js';
import {
  NETWORK,
  datedNetworkOf,
  networkArguments,
  type NetworkOptions,
} from '../network/network.js';
import type { ColdFiles } from './cold.js';
import { keysInFiles } from './in-files.js';
import { pairNameIn, realPathOf, type StatedName } from './names.js';
import { begin, finish, type KeyStore } from './rotation.js';

interface Options extends NetworkOptions, OnChainOptions {
  readonly cert: string;
  readonly skey?: string;
  readonly agentControl?: string;
  readonly coldSkeyHere?: string;
  readonly counter?: string;
  readonly reuseNumber?: bigint;
  readonly name?: StatedName;
  readonly finish?: boolean;
  readonly newCert?: string;
  readonly newSkey?: string;
}

export const rotateCommand: Definition = {
  text: `
    Makes the next KES key pair of a pool beside the old one, and a request file for the machine with the cold key, where kes opcert issue --request issues the certificate. With --agent-control the next key is staged in an agent, and is never in a file. The new files are named after the old ones and the current KES period, which is the start period. The old pair is neither changed nor removed. Run it again after an interruption: it continues. With --finish it checks the new pair as a node does at its start and, when every check is passed and the network accepts its number by --on-chain, overwrites and removes the old signing key; with --agent-control it installs the staged key, and the agent wipes the old one. The rule of the chain about numbers: ${CHAIN_RULE}.

    --opcert, --cert <file>  the certificate in use
    --skey <file>            the KES signing key in use
    --agent-control <path>   or the control socket of the agent that holds it
    --cold-skey-here <file>  issue the certificate at once: the cold signing key is on this machine
    --counter <file>         with --cold-skey-here: the counter of the cold key
    --reuse-number <number>  with --cold-skey-here: the number of the certificate in use, while no block with it is on chain
    --name <period>          the KES period in the new names: an earlier one goes on with the pair of that period; letters after the current one, as in 1574b, make a second pair
    --finish                 erase the old signing key, if the new pair is good
    --new-cert <file>        with --finish: the new certificate
    --new-skey <file>        with --finish and --skey: the new KES signing key

    # The next key, and the request of its certificate
    $ kes rotate --cert node.cert --skey kes.skey --network mainnet
    # On the machine with the cold key
    $ kes opcert issue --request kes-1574.request --cold-skey cold.skey --counter cold.counter --out node-1574.cert
    # When the node runs with the new pair: erase the old key, by the answer of the node about its number
    $ kes rotate --finish --cert node.cert --skey kes.skey --new-cert node-1574.cert --new-skey kes-1574.skey --network mainnet --on-chain node-1574.on-chain.json
    # The same with an agent: the next key is staged there
    $ kes rotate --cert node.cert --agent-control /run/kes-agent/control.socket --network mainnet
    # Install it with its certificate
    $ kes rotate --finish --cert node.cert --agent-control /run/kes-agent/control.socket --new-cert node-1574.cert --network mainnet --on-chain 3
    # The key and its certificate at once, with the cold key on this machine
    $ kes rotate --cert node.cert --skey kes.skey --cold-skey-here cold.skey --counter cold.counter --network preview`,
  values: { name: pairNameIn },
  needed: ['cert'],
  options: [ON_CHAIN, ...NETWORK],
  work: rotate,
};

async function rotate(session: Session, options: Options): Promise<Answer> {
  const { newCert, newSkey, name } = options;
  const { keyOption, ...store } = await storeOf(session, options);
  const cold = coldFilesOf(options);
  const parameters = await datedNetworkOf(session, options);
  const rotation = {
    // The new files lie beside the real ones, which the printed commands name.
    cert: realPathOf(options.cert),
    parameters,
    moment: momentNow(parameters, session.context.now()),
    network: networkArguments(session, options),
    keyOption,
    onChain: options.onChain,
  };
  if (options.finish !== true) {
    if (newCert === undefined && newSkey === undefined) {
      return begin(session, rotation, store, { cold, name });
    }
    throw usage('--new-cert and --new-skey need --finish');
  }
  if (cold !== undefined) throw usage('--cold-skey-here is for the beginning, without --finish');
  if (name !== undefined) throw usage('--name is for the beginning, without --finish');
  const isInAgent = options.agentControl !== undefined;
  if (newCert === undefined || (newSkey === undefined) !== isInAgent) {
    throw usage(
      isInAgent
        ? '--finish with --agent-control needs --new-cert <file>, and no --new-skey'
        : '--finish needs --new-cert <file> and --new-skey <file>',
    );
  }
  return finish(session, rotation, store, newCert);
}

/** Where the keys are, and the option that names the key in use, to type it again. */
async function storeOf(
  session: Session,
  { skey, agentControl, newSkey }: Options,
): Promise<KeyStore & { readonly keyOption: string }> {
  if (skey !== undefined && agentControl === undefined) {
    const path = realPathOf(skey);
    return { ...keysInFiles(path, newSkey), keyOption: `--skey ${shellWord(path)}` };
  }
  if (skey === undefined && agentControl !== undefined) {
    const { keysInAgent } = await import('./in-agent.js');
    const keyOption = `--agent-control ${shellWord(agentControl)}`;
    return { ...keysInAgent(session, agentControl), keyOption };
  }
  throw usage(
    'name the key in use once: --skey <file>, or --agent-control <path> for the key of an agent',
  );
}

function coldFilesOf({
  coldSkeyHere: coldSkey,
  counter,
  reuseNumber,
}: Options): ColdFiles | undefined {
  if (coldSkey !== undefined && counter !== undefined) {
    return { coldSkey, counter, reuseNumber };
  }
  if (coldSkey !== undefined || counter !== undefined) {
    throw usage('--cold-skey-here <file> and --counter <file> are needed together');
  }
  if (reuseNumber === undefined) return undefined;
  throw usage('--reuse-number needs --cold-skey-here <file>');
}
