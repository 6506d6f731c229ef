import { writeDurably } from '@evolock/direct-serialise-io/files';
import { ON_CHAIN, onChainOf, type OnChainOptions } from '../../certificates/on-chain.js';
import { requestFacts, requestJson, requestText } from '../../certificates/request.js';
import { checkClock } from '../../certificates/start-check.js';
import type { Definition } from '@evolock/command-line/command';
import { done, type Answer } from '@evolock/command-line/answer';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord } from '@evolock/command-line/text';
import { refuseDash } from '../../files/read.js';
import { refuseExisting } from '../../files/write.js';
import {
  COLD_KEY,
  KES_KEY,
  KEY_FORMS,
  readVerificationKey,
  refuseOtherDepth,
} from '../../keys/verification-key.js';
import { momentNow, periodAt } from '../../network/clock.js';
import { DATED_NETWORK, datedNetworkOf, type NetworkOptions } from '../../network/network.js';

interface RequestOptions extends NetworkOptions, OnChainOptions {
  readonly kesVkey: string;
  readonly coldVkey: string;
  readonly out: string;
}

export const requestCommand: Definition = {
  text: `
    Writes a request of a certificate that starts at the current KES period, for kes opcert issue --request on the machine with the cold key. It is for the first certificate of a pool, and replaces none: kes rotate requests the next ones.

    --kes-vkey <key>   the KES verification key: ${KEY_FORMS}
    --cold-vkey <key>  the cold verification key of the pool, as --kes-vkey
    --out <file>       the file for the request

    # A new pool
    $ kes opcert request --kes-vkey kes.vkey --cold-vkey cold.vkey --network mainnet --on-chain none --out kes.request`,
  needed: ['kesVkey', 'coldVkey', 'out'],
  options: [...DATED_NETWORK, ON_CHAIN],
  work: request,
};

async function request(session: Session, options: RequestOptions): Promise<Answer> {
  const { kesVkey, coldVkey, out } = options;
  refuseDash('--out', out, 'the request is written to a file: give a name');
  refuseExisting(out, false, 'certificate-request', 'remove it');
  const parameters = await datedNetworkOf(session, options);
  const now = session.context.now();
  const moment = momentNow(parameters, now);
  checkClock({ parameters, moment });
  const onChain = await onChainOf(session, options, []);
  const kesKey = await readVerificationKey(session, '--kes-vkey', kesVkey, KES_KEY);
  refuseOtherDepth(kesVkey, kesKey.type);
  const coldKey = await readVerificationKey(session, '--cold-vkey', coldVkey, COLD_KEY);
  const made = {
    time: now,
    kesVerificationKey: kesKey.verificationKey,
    startPeriod: periodAt(parameters, moment).period,
    parameters,
    coldVerificationKey: coldKey.verificationKey,
    onChain,
    replaces: undefined,
  };
  writeDurably(out, requestText(made), { replace: false, secret: false });
  return {
    json: { requestFile: out, ...requestJson(made) },
    result: done(`${printable(out)}: a request of a certificate`),
    facts: requestFacts(made),
    after: [
      `  Copy ${printable(out)} to the machine with the cold key, and run there:`,
      `  kes opcert issue --request ${shellWord(out)} --cold-skey cold.skey --counter cold.counter --out node.cert`,
    ],
  };
}
