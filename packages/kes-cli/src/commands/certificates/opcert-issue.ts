import {
  absolutePeriod,
  type AbsolutePeriod,
  hexOf,
  type IssuedCertificate,
  issueToFile,
  type KesParameters,
  poolIdOf,
  readCertificate,
  readCounter,
  readReservation,
} from '@evolock/cardano-kes';
import { certificateFacts, certificateJson } from '../../certificates/certificate.js';
import { issuingChecks, type IssuingFacts } from '../../certificates/issuing.js';
import { CHAIN_RULE, withReuse } from '../../certificates/number.js';
import { onChainOf, type OnChainOptions, withOnChainOption } from '../../certificates/on-chain.js';
import {
  type CertificateRequest,
  LARGEST_REQUEST,
  networkForRequest,
  parseRequest,
} from '../../certificates/request.js';
import type { ReplacedStart } from '../../certificates/start-check.js';
import { allValid, type Answer, type Check, done, type JsonMembers } from '../../cli/answer.js';
import type { Definition } from '../../cli/command.js';
import { CommandError, namingFile } from '../../cli/errors.js';
import { wholeNumber64 } from '../../cli/option-values.js';
import type { Session } from '../../cli/session.js';
import { printable, sourceName, typedAgain } from '../../cli/text.js';
import { readPublic, refuseDash } from '../../files/read.js';
import { refuseExisting } from '../../files/write.js';
import { loadColdSigningKey, refuseStdin } from '../../keys/signing-key.js';
import { KES_KEY, readVerificationKey, refuseOtherDepth } from '../../keys/verification-key.js';
import {
  clockInWords,
  clockJson,
  currentMoment,
  periodAt,
  withNowOption,
} from '../../network/clock.js';
import {
  datedNetworkOf,
  namedNetwork,
  namesNetwork,
  networkInWords,
  networkJson,
  type NetworkOptions,
  withDatedNetworkOptions,
} from '../../network/network.js';

interface IssueOptions extends NetworkOptions, OnChainOptions {
  readonly kesVkey?: string;
  readonly coldSkey: string;
  readonly counter: string;
  readonly startPeriod?: bigint;
  readonly request?: string;
  readonly out: string;
  readonly unchecked?: boolean;
  readonly now?: Date;
  readonly reuseNumber?: bigint;
  readonly dryRun?: boolean;
  readonly forcePeriod?: boolean;
  readonly forceNumber?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `kes opcert issue`: a new certificate. */
export const issueCommand: Definition = {
  description: `Issues an operational certificate: the cold key, in locked memory, signs a KES verification key and the KES period from which it is used. Before that, clock, start period and number are checked, and the network and the current KES period are shown. A clock that is behind what the machine can see is refused: set it, or state the moment by --now. A start period whose certificate has ended, or that lies far ahead, is refused. --request FILE takes key, start period and network from the file of kes rotate or kes opcert request. --dry-run shows all fields and checks, and reads no cold key. The number is reserved beside the counter, and the counter is advanced, before the certificate is signed: no number is used twice or lost. When a run is killed or fails, the next run with the counter says how to issue with the reserved number. The rule of the chain: ${CHAIN_RULE}. --on-chain states what is on chain, and wins over what the request says. Run this where the cold key is: offline.`,
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
      'kes opcert issue --request kes-512.request --cold-skey cold.skey --counter cold.counter --out node-512.cert --dry-run',
      'What would be issued, and does every check pass?',
    ],
    [
      'kes opcert issue --request kes-512.request --cold-skey cold.skey --counter cold.counter --out node-512.cert --on-chain 3 --now 2026-03-01',
      'With 3 on chain, on a machine without a clock',
    ],
    [
      'kes opcert issue --reuse-number 3 --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --network mainnet --out node.cert',
      'Again with the last number, which has no certificate or a wrong one',
    ],
  ],
  options: (command) => {
    command
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
      .option('--request <file>', 'or both from a file of kes rotate or kes opcert request');
    withDatedNetworkOptions(command).option(
      '--unchecked',
      'or no network: the start period is not compared with the current KES period',
    );
    withNowOption(command);
    withOnChainOption(command)
      .option(
        '--reuse-number <number>',
        'use the last number of the counter again, and leave the counter unchanged',
        wholeNumber64,
      )
      .option('--dry-run', 'show all fields and checks; read no cold key, and sign nothing')
      .option('--force-period', 'issue also for a start period that is over or far ahead')
      .option(
        '--force-number',
        'issue also with a number that the network refuses, or that leaves one out',
      )
      .option('--force', 'replace an existing certificate');
  },
  work: (session: Session, options: IssueOptions) =>
    issue(session, options).catch((error: unknown) => {
      // An error that names no file is about the counter. Errors about the other files name them.
      throw namingFile(options.counter, withReuse(error, commandOf(session, options)));
    }),
};

/** The command that issues, to type it again. */
function commandOf({ args }: Session, { counter }: IssueOptions) {
  return { counter, line: typedAgain(args, '--dry-run', '--reuse-number') };
}

/** What the certificate is issued for, and what the checks need. */
interface Subject extends IssuingFacts {
  readonly hotVerificationKey: Uint8Array;
}

async function issue(session: Session, options: IssueOptions): Promise<Answer> {
  const { coldSkey, counter, out, reuseNumber, force = false, dryRun = false } = options;
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter is changed in its file: give the file');
  refuseDash('--out', out, 'the certificate is written to a file: give a name');
  // Every check comes before the number is taken: a number cannot be given back.
  refuseExisting(out, force, 'operational-certificate');
  const wanted = await wantedOf(session, options);
  if (dryRun) return dryRunOf(options, await subjectOf(session, options, wanted));
  const { signingKey: coldKey } = loadColdSigningKey(coldSkey);
  try {
    const coldVerificationKey = coldKey.deriveVerificationKey();
    const subject = await subjectOf(session, options, wanted, coldVerificationKey);
    session.warn(issuingChecks(subject).flatMap(({ check }) => check()));
    if (options.json !== true) session.tell([placeInWords(subject)]);
    const { hotVerificationKey, startPeriod } = subject;
    const request = { coldKey, counterPath: counter, hotVerificationKey, startPeriod, reuseNumber };
    return answerOf(out, subject, issueToFile(out, request, { replace: force }));
  } finally {
    coldKey.release();
  }
}

function answerOf(out: string, subject: Subject, file: IssuedCertificate): Answer {
  const { at } = subject;
  return {
    json: { certificateFile: out, ...certificateJson(file), ...placeJson(at) },
    result: done(`${printable(out)}: a new operational certificate`),
    facts: certificateFacts(file),
    after: unknownInWords(subject),
  };
}

/** What the number was not compared with. */
function unknownInWords({ number, onChain, request }: Subject): string[] {
  // Beside the certificate in use, a warning says it.
  const isSaid = request?.replaces !== undefined;
  if (isSaid || (onChain ?? request?.onChain) !== undefined) return [];
  return [
    `NOT checked: whether the network accepts number ${number} (--on-chain states what is on chain)`,
  ];
}

/** The network and the current KES period, before the number is taken. */
function placeInWords({ at }: Subject): string {
  if (at === undefined) return 'Issuing without a network (--unchecked).';
  const { parameters, moment } = at;
  const { period } = periodAt(parameters, moment);
  return `Issuing for ${printable(parameters.name)}, in KES period ${period} by ${clockInWords(moment)}.`;
}

function placeJson(at: Subject['at']): JsonMembers {
  if (at === undefined) return {};
  const { parameters, moment } = at;
  return {
    network: networkJson(parameters),
    clock: clockJson(moment),
    kesPeriod: String(periodAt(parameters, moment).period),
  };
}

/** Shows what would be issued, and every check, also after one that failed. */
function dryRunOf(options: IssueOptions, subject: Subject): Answer {
  const warnings: string[] = [];
  const checks = issuingChecks(subject).map(({ name, check }): Check => {
    try {
      const found = check();
      warnings.push(...found);
      return { valid: true, words: name };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { valid: false, words: error.message };
    }
  });
  const valid = allValid(checks);
  const { hotVerificationKey, startPeriod, number, coldVerificationKey, at } = subject;
  return {
    warnings,
    json: {
      dryRun: true,
      valid,
      checks,
      certificateFile: options.out,
      kesVerificationKey: hexOf(hotVerificationKey),
      sequenceNumber: String(number),
      startPeriod: String(startPeriod),
      coldVerificationKey: hexOf(coldVerificationKey),
      poolId: { ...poolIdOf(coldVerificationKey) },
      ...placeJson(at),
    },
    result: `${printable(options.out)}: ${valid ? 'can' : 'can NOT'} be issued; nothing was`,
    checks,
    facts: [
      ...(at === undefined
        ? []
        : [
            ['clock', clockInWords(at.moment)] as const,
            ['network', networkInWords(at.parameters)] as const,
            ['KES period', String(periodAt(at.parameters, at.moment).period)] as const,
          ]),
      ['pool', `${poolIdOf(coldVerificationKey).bech32}, by the counter`],
      ['KES key', hexOf(hotVerificationKey)],
      ['starts at', `KES period ${startPeriod}`],
      ['sequence number', String(number)],
    ],
    after: [
      `NOT checked: whether ${printable(options.coldSkey)} is the cold key of this pool`,
      ...(at === undefined ? [`NOT checked: start period ${startPeriod} (--unchecked)`] : []),
      ...unknownInWords(subject),
    ],
  };
}

/** The key and the start period, from the options or from a request. */
interface Wanted {
  readonly hotVerificationKey: Uint8Array;
  readonly startPeriod: AbsolutePeriod;
  readonly parameters: KesParameters | undefined;
  readonly request: CertificateRequest | undefined;
}

async function wantedOf(session: Session, options: IssueOptions): Promise<Wanted> {
  const { kesVkey, startPeriod, request: path, unchecked = false, now } = options;
  if (unchecked && (namesNetwork(options) || path !== undefined || now !== undefined)) {
    throw usage(
      '--unchecked stands for no network: leave it out, or --network, --request and --now',
    );
  }
  if (path !== undefined) {
    if (kesVkey !== undefined || startPeriod !== undefined) {
      throw usage(
        '--request states the key and the start period: leave --kes-vkey and --start-period out',
      );
    }
    const request = parseRequest(path, await readPublic(session, path, LARGEST_REQUEST));
    const parameters = networkForRequest(
      path,
      request,
      namesNetwork(options) ? await datedNetworkOf(session, options) : undefined,
    );
    const { kesVerificationKey: hotVerificationKey } = request;
    return { hotVerificationKey, startPeriod: request.startPeriod, parameters, request };
  }
  if (kesVkey === undefined || startPeriod === undefined) {
    throw usage(
      'give the key and the start period: --kes-vkey <key> and --start-period <period>, or --request <file>',
    );
  }
  if (!unchecked && !namesNetwork(namedNetwork(session, options))) {
    throw usage(
      'name the network, to compare the start period with the current KES period: --network <name>, or another way of kes help networks. Without a comparison: --unchecked',
    );
  }
  const parameters = unchecked ? undefined : await datedNetworkOf(session, options);
  const kesKey = await readVerificationKey(session, '--kes-vkey', kesVkey, KES_KEY);
  refuseOtherDepth(kesVkey, kesKey.type);
  return {
    hotVerificationKey: kesKey.verificationKey,
    startPeriod: absolutePeriod(startPeriod),
    parameters,
    request: undefined,
  };
}

async function subjectOf(
  session: Session,
  options: IssueOptions,
  { parameters, ...wanted }: Wanted,
  coldVerificationKey?: Uint8Array,
): Promise<Subject> {
  const { counter: counterPath, coldSkey, request: requestPath = '', reuseNumber } = options;
  const counter = readCounter(counterPath);
  const { request } = wanted;
  const replaces = request?.replaces;
  return {
    ...wanted,
    number: reuseNumber ?? counter.next,
    isReused: reuseNumber !== undefined,
    next: counter.next,
    at:
      parameters === undefined
        ? undefined
        : { parameters, moment: currentMoment(parameters, options, session.context.now()) },
    replaced: replacedBy(options, request),
    reservation: reuseNumber === undefined ? readReservation(counterPath) : undefined,
    onChain: await onChainOf(session, options, replaces === undefined ? [] : [replaces]),
    pools: [
      { ...counter, name: sourceName(counterPath) },
      { name: sourceName(requestPath), coldVerificationKey: request?.coldVerificationKey },
      { name: sourceName(coldSkey), coldVerificationKey },
    ],
    coldVerificationKey: counter.coldVerificationKey,
    command: commandOf(session, options),
    forcePeriod: options.forcePeriod ?? false,
    forceNumber: options.forceNumber ?? false,
  };
}

/** The certificate that is replaced: by the request, or by `--force`. */
function replacedBy(
  { out }: IssueOptions,
  request: CertificateRequest | undefined,
): ReplacedStart | undefined {
  if (request?.replaces !== undefined) {
    return { ...request.replaces, name: 'the certificate that the request replaces' };
  }
  try {
    const { startPeriod } = readCertificate(out).certificate;
    return { name: printable(out), startPeriod };
  } catch {
    // There is none, or the file is empty.
    return undefined;
  }
}

function usage(message: string): CommandError {
  return new CommandError('usage', message);
}
