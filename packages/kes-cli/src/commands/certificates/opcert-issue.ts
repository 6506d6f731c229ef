import {
  absolutePeriod,
  hexOf,
  issueToFile,
  readCertificate,
  readCounter,
  type AbsolutePeriod,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-kes';
import type { Command } from 'commander';
import { certificateFacts, certificateJson } from '../../certificates/certificate.js';
import { CHAIN_RULE, checkNewNumber } from '../../certificates/number.js';
import { onChainOf, withOnChainOption, type OnChainOptions } from '../../certificates/on-chain.js';
import {
  LARGEST_REQUEST,
  parseRequest,
  type CertificateRequest,
} from '../../certificates/request.js';
import { withReuse } from '../../certificates/taken-number.js';
import { checkStart } from '../../certificates/start-check.js';
import { carryOut, leaf } from '../../cli/command.js';
import { CommandError, namingFile } from '../../cli/errors.js';
import { wholeNumber64 } from '../../cli/option-values.js';
import type { Outcome, Session } from '../../cli/session.js';
import { printable, sourceName, typedAgain } from '../../cli/text.js';
import { readPublic, refuseDash } from '../../files/read.js';
import { refuseExisting } from '../../files/write.js';
import { loadColdSigningKey, refuseStdin } from '../../keys/signing-key.js';
import { KES_KEY, readVerificationKey, refuseOtherDepth } from '../../keys/verification-key.js';
import { momentNow } from '../../network/clock.js';
import {
  datedNetworkOf,
  namedNetwork,
  namesNetwork,
  withDatedNetworkOptions,
  type NetworkOptions,
} from '../../network/network.js';

interface IssueOptions extends NetworkOptions, OnChainOptions {
  readonly kesVkey?: string;
  readonly coldSkey: string;
  readonly counter: string;
  readonly startPeriod?: bigint;
  readonly request?: string;
  readonly out: string;
  readonly reuseNumber?: bigint;
  readonly forcePeriod?: boolean;
  readonly forceNumber?: boolean;
  readonly force?: boolean;
}

/** `kes opcert issue`: a new certificate. */
export function issueCommand(session: Session): Command {
  const command = leaf(session, 'kes opcert issue', {
    summary: 'Issue an operational certificate with the cold key',
    description: `Issues an operational certificate: the cold key, in locked memory, signs a KES verification key and the KES period from which it is used. The counter file is advanced before the certificate is signed, so that no number is used twice by accident. Before that, the number is reserved beside the certificate. When a run is killed or fails, the next run reports the reserved number, and --reuse-number issues with it. The same option issues again after a mistake. With --network or --genesis, a start period whose certificate has ended, or that lies far ahead, is refused, and a clock that looks wrong gets a warning. --request FILE takes key, start period and network from the file of kes rotate. The rule of the chain: ${CHAIN_RULE}. Run this where the cold key is: offline.`,
    examples: [
      [
        'kes opcert issue --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --network mainnet --out node.cert',
        'A certificate from KES period 512 (kes period shows the current one)',
      ],
      [
        'kes opcert issue --request kes-512.request --cold-skey cold.skey --counter cold.counter --out node-512.cert',
        'What kes rotate requested',
      ],
      [
        'kes opcert issue --reuse-number 3 --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --out node.cert',
        'Again with the last number, which has no certificate or a wrong one',
      ],
    ],
  })
    .requiredOption('--cold-skey <file>', 'the cold signing key')
    .requiredOption('--counter <file>', 'the counter of the cold key, which is advanced by one')
    .requiredOption('--out <file>', 'the file for the certificate')
    .option(
      '--kes-vkey <key>',
      'the KES verification key: a file, -, hexadecimal digits, or bech32',
    )
    .option(
      '--start-period <period>',
      'the absolute KES period at which the certificate starts',
      wholeNumber64,
    )
    .option('--request <file>', 'or both from a file of kes rotate');
  withDatedNetworkOptions(command);
  withOnChainOption(command)
    .option(
      '--reuse-number <number>',
      'use the last number of the counter again, and leave the counter unchanged',
      wholeNumber64,
    )
    .option('--force-period', 'issue also for a start period that is over or far ahead')
    .option(
      '--force-number',
      'issue also with a number that the network refuses, or that leaves one out',
    )
    .option('--force', 'replace an existing certificate');
  return carryOut(session, command, (options: IssueOptions) =>
    issue(session, options).catch((error: unknown) => {
      const line = typedAgain(session.args, '--reuse-number');
      // An error that names no file is about the counter. Errors about the other files name them.
      throw namingFile(options.counter, withReuse(error, { counter: options.counter, line }));
    }),
  );
}

/** What the certificate is issued for. */
interface Subject {
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  readonly parameters: KesParameters | undefined;
  readonly request: CertificateRequest | undefined;
}

async function issue(session: Session, options: IssueOptions): Promise<Outcome> {
  const { coldSkey, counter, out, reuseNumber, force = false } = options;
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter is changed in its file: give the file');
  refuseDash('--out', out, 'the certificate is written to a file: give a name');
  // Every check comes before the number is taken: a number cannot be given back.
  refuseExisting(out, force, 'operational-certificate');
  const subject = await subjectOf(session, options);
  const warnings = [
    ...startWarnings(session, options, subject),
    ...(await numberWarnings(session, options, subject.request)),
  ];
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  let file: IssuedCertificate;
  try {
    refuseOtherPool(coldSkey, coldKey.deriveVerificationKey(), subject.request);
    const { hotVerificationKey, startPeriod } = subject;
    const request = { coldKey, counterPath: counter, hotVerificationKey, startPeriod, reuseNumber };
    file = issueToFile(out, request, { replace: force });
  } finally {
    coldKey.release();
  }
  return {
    json: { certificateFile: out, ...certificateJson(file) },
    warnings,
    lines: (style) => [
      style.verdict(true, `${printable(out)}: a new operational certificate`),
      ...style.facts(certificateFacts(file)),
    ],
  };
}

async function subjectOf(session: Session, options: IssueOptions): Promise<Subject> {
  const { kesVkey, startPeriod, request: path } = options;
  if (path !== undefined) {
    const more = kesVkey ?? startPeriod;
    if (more !== undefined || namesNetwork(options)) {
      throw new CommandError(
        'usage',
        '--request states the key, the start period and the network: leave --kes-vkey, --start-period and the options of the network out',
      );
    }
    const request = parseRequest(path, await readPublic(session, path, LARGEST_REQUEST));
    const { kesVerificationKey: hotVerificationKey, parameters } = request;
    return { hotVerificationKey, startPeriod: request.startPeriod, parameters, request };
  }
  if (kesVkey === undefined || startPeriod === undefined) {
    throw new CommandError(
      'usage',
      'give the key and the start period: --kes-vkey <key> and --start-period <period>, or --request <file>',
    );
  }
  const parameters = namesNetwork(namedNetwork(session, options))
    ? await datedNetworkOf(session, options)
    : undefined;
  const kesKey = await readVerificationKey(session, '--kes-vkey', kesVkey, KES_KEY);
  refuseOtherDepth(kesVkey, kesKey.type);
  return {
    hotVerificationKey: kesKey.verificationKey,
    startPeriod: absolutePeriod(startPeriod),
    parameters,
    request: undefined,
  };
}

function startWarnings(
  session: Session,
  { out, forcePeriod = false }: IssueOptions,
  { startPeriod, parameters, request }: Subject,
): string[] {
  if (parameters === undefined) return [];
  const moment = momentNow(parameters, session.context.now());
  const replacedStart = request?.replaces?.startPeriod ?? startOfFile(out);
  return checkStart(
    { parameters, moment, startPeriod, replacedStart, requested: request?.time },
    forcePeriod,
  );
}

/** The start period of the certificate that `--force` will replace. */
function startOfFile(path: string): AbsolutePeriod | undefined {
  try {
    return readCertificate(path).certificate.startPeriod;
  } catch {
    // There is none, or the file is empty.
    return undefined;
  }
}

/** Judges the number by what is on chain, or while that is unknown by the certificate in use, which the request states. */
async function numberWarnings(
  session: Session,
  options: IssueOptions,
  request: CertificateRequest | undefined,
): Promise<string[]> {
  const { counter, reuseNumber, forceNumber = false } = options;
  if (request === undefined && options.onChain === undefined) return [];
  const { next, coldVerificationKey } = readCounter(counter);
  const replaced = request?.replaces;
  const stated = await onChainOf(session, options, replaced === undefined ? [] : [replaced]);
  const known = {
    onChain: stated ?? request?.onChain,
    inUse: replaced?.sequenceNumber,
    next,
    says: stated === undefined ? 'the request says that ' : undefined,
    pools: [
      { name: sourceName(counter), coldVerificationKey },
      { name: 'the request', coldVerificationKey: request?.coldVerificationKey },
    ],
  };
  const line = typedAgain(session.args, '--reuse-number');
  return checkNewNumber(reuseNumber ?? next, known, { counter, line }, forceNumber);
}

function refuseOtherPool(
  coldSkey: string,
  coldKey: Uint8Array,
  request: CertificateRequest | undefined,
): void {
  if (request === undefined || hexOf(request.coldVerificationKey) === hexOf(coldKey)) return;
  throw new CommandError(
    'invalid',
    `${sourceName(coldSkey)}: it is not the cold key of the pool that the request names`,
  );
}
