import { hexOf } from '@evolock/cardano-kes';
import { resolve } from 'node:path';
import type { KesParameters } from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { carryOut, leaf } from '../../cli/command.js';
import { CommandError } from '../../cli/errors.js';
import type { Outcome, Session } from '../../cli/session.js';
import { printable } from '../../cli/text.js';
import { momentOf, type Moment } from '../../network/clock.js';
import {
  datedNetworkOf,
  withDatedNetworkOptions,
  type NetworkOptions,
} from '../../network/network.js';
import { periodAt } from '../../network/period.js';
import { finish } from '../../rotation/finish.js';
import { newFiles } from '../../rotation/names.js';
import { newPair, writeRequest } from '../../rotation/new-pair.js';
import { readOldPair } from '../../rotation/old-pair.js';
import { SUMMARIES } from '../../summaries.js';

interface Options extends NetworkOptions {
  readonly cert: string;
  readonly skey: string;
  readonly finish?: boolean;
  readonly newCert?: string;
  readonly newSkey?: string;
}

/** `kes rotate`: a new key pair beside the old one, and a request of its certificate. */
export function rotateCommand(session: Session): Command {
  const command = leaf(session, 'kes rotate', {
    summary: SUMMARIES.rotate,
    description:
      'Makes the next KES key pair of a pool beside the old one, and a request file for the machine with the cold key, where kes opcert issue --request issues the certificate. The new files are named after the old ones and the current KES period, which is the start period. The old pair is neither changed nor removed. A run that was interrupted is run again, and goes on. With --finish it checks the new pair as a node does at its start and, when every check is passed, overwrites and removes the old signing key.',
    examples: [
      [
        'kes rotate --cert node.cert --skey kes.skey --network mainnet',
        'The next key, and the request of its certificate',
      ],
      [
        'kes opcert issue --request kes-1574.request --cold-skey cold.skey --counter cold.counter --out node-1574.cert',
        'On the machine with the cold key',
      ],
      [
        'kes rotate --finish --cert node.cert --skey kes.skey --new-cert node-1574.cert --new-skey kes-1574.skey --network mainnet',
        'When the node runs with the new pair: erase the old key',
      ],
    ],
  })
    .requiredOption('--cert <file>', 'the certificate in use')
    .requiredOption('--skey <file>', 'the KES signing key in use')
    .option('--finish', 'erase the old signing key, if the new pair is good')
    .option('--new-cert <file>', 'with --finish: the new certificate')
    .option('--new-skey <file>', 'with --finish: the new KES signing key');
  withDatedNetworkOptions(command);
  return carryOut(session, command, (options: Options) => rotate(session, options));
}

async function rotate(session: Session, options: Options): Promise<Outcome> {
  const { cert, skey, newCert, newSkey } = options;
  const parameters = await datedNetworkOf(session, options);
  const moment = momentOf(parameters, {}, session.context.now());
  if (options.finish !== true) {
    if (newCert !== undefined || newSkey !== undefined) {
      throw new CommandError('usage', '--new-cert and --new-skey need --finish');
    }
    return begin(session, options, parameters, moment);
  }
  if (newCert === undefined || newSkey === undefined) {
    throw new CommandError('usage', '--finish needs --new-cert <file> and --new-skey <file>');
  }
  return finish(session, { cert, skey, newCert, newSkey, parameters, moment });
}

async function begin(
  session: Session,
  { cert, skey }: Options,
  parameters: KesParameters,
  moment: Moment,
): Promise<Outcome> {
  const { certificate, coldVerificationKey } = await readOldPair(session, cert, skey);
  const { period } = periodAt(parameters, moment);
  if (period < certificate.startPeriod) {
    throw new CommandError(
      'invalid',
      `${printable(cert)}: it starts at KES period ${certificate.startPeriod}, and by the clock of this machine it is ${period}: set the clock, or wait`,
    );
  }
  const files = newFiles(skey, cert, period);
  if (
    [files.skey, files.cert].some((path) => [resolve(skey), resolve(cert)].includes(resolve(path)))
  ) {
    throw new CommandError(
      'usage',
      `${printable(skey)} and ${printable(cert)} were made in KES period ${period}, which is not over: their next pair would have their names`,
    );
  }
  const key = await newPair(files);
  await writeRequest(session, files.request, {
    time: moment.date ?? new Date(0),
    kesVerificationKey: key,
    startPeriod: period,
    parameters,
    coldVerificationKey,
    replaces: certificate,
  });
  const { request, cert: newCert, skey: newSkey, vkey } = files;
  return {
    json: {
      signingKeyFile: newSkey,
      verificationKeyFile: vkey,
      requestFile: request,
      certificateFile: newCert,
      kesVerificationKey: hexOf(key),
      startPeriod: String(period),
    },
    lines: (style) => [
      style.verdict(true, `the next KES key, and the request of its certificate`),
      ...style.facts([
        ['signing key', `${printable(newSkey)} (mode 0600: it stays on this machine)`],
        ['verification key', printable(vkey)],
        ['request', printable(request)],
        ['starts at', `KES period ${period}, the current one`],
      ]),
      '',
      ...nextSteps({ cert, skey, request, newCert, newSkey }).map((line) => `  ${line}`),
    ],
  };
}

interface StepFiles {
  readonly cert: string;
  readonly skey: string;
  readonly request: string;
  readonly newCert: string;
  readonly newSkey: string;
}

function nextSteps(files: StepFiles): string[] {
  const [request, newCert, newSkey] = [files.request, files.newCert, files.newSkey].map(printable);
  return [
    `1. Copy ${request} to the machine with the cold key, and run there:`,
    `   kes opcert issue --request ${request} --cold-skey cold.skey --counter cold.counter --out ${newCert}`,
    `2. Copy ${newCert} back. Check it: kes status --cert ${newCert} --skey ${newSkey}`,
    `3. Start the node with ${newSkey} and ${newCert}.`,
    `4. When it runs: kes rotate --finish --cert ${printable(files.cert)} --skey ${printable(files.skey)} --new-cert ${newCert} --new-skey ${newSkey}`,
    `   Add the option of the network in steps 2 and 4.`,
  ];
}
