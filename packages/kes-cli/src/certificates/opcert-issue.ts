import { absolutePeriod } from '@evolock/cardano-headers';
import { describeLife } from '@evolock/cardano-headers/words';
import { type CertificateRequest, readCertificate } from '@evolock/cardano-kes';
import { allValid, type Answer, type Check, done } from '@evolock/command-line/answer';
import type { Definition } from '@evolock/command-line/command';
import { CommandError, usage } from '@evolock/command-line/errors';
import { wholeNumber64 } from '@evolock/command-line/option-values';
import type { Session } from '@evolock/command-line/session';
import { printable, sourceName, typedAgain } from '@evolock/command-line/text';
import { ifPossible } from '../errors.js';
import { readEnvelope, refuseDash } from '../files/read.js';
import { refuseExisting } from '../files/write.js';
import { KEY_FORMS, keyToCertify, refuseStdin } from '../files/key-files.js';
import { clockInWords, clockJson, currentMoment, NOW, periodAt } from '../network/clock.js';
import {
  datedNetworkOf,
  namedNetwork,
  namesNetwork,
  NETWORK,
  networkInWords,
  networkJson,
  type NetworkOptions,
} from '../network/network.js';
import { certificateFacts, certificateJson, COUNTER, lifeAt, lifeAtJson } from './certificate.js';
import {
  issueJudged,
  issuingChecks,
  type IssuingFacts,
  issuingFacts,
  type NewCertificate,
} from './issuing.js';
import { CHAIN_RULE } from './number.js';
import { ON_CHAIN, type OnChain, onChainOf, type OnChainOptions } from './on-chain.js';
import { networkForRequest, readRequest } from './request.js';

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
  readonly oldRequest?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

export const issueCommand: Definition = {
  text: `
    Issues an operational certificate: the cold key, in locked memory, signs a KES verification key and the KES period from which it is used. Before that, clock, start period and number are checked, and the network and the current KES period are shown. A clock that is behind what the machine can see is refused: set it, or state the moment by --now. One that is up to an hour behind the time of the request is a warning. A start period whose certificate has ended, or that lies far ahead, is refused. --request FILE takes key, start period and network from the file of kes rotate or kes opcert request. --dry-run shows all fields and checks and how much of the certificate's life is over, and reads no cold key. The number is reserved beside the counter, and the counter is advanced, before the certificate is signed: no number is used twice or lost. When a run is killed or fails, the next run with the counter says how to issue with the reserved number. The rule of the chain: ${CHAIN_RULE}. --on-chain states what is on chain, and wins over what the request says. Run this where the cold key is: offline.

    --cold-skey <file>       the cold signing key
    --counter <file>         the counter of the cold key, which is advanced by one
    --out <file>             the file for the certificate
    --kes-vkey <key>         the KES verification key: ${KEY_FORMS}
    --start-period <period>  the absolute KES period at which the certificate starts
    --request <file>         or both from a file of kes rotate or kes opcert request
    --unchecked              or no network: the start period is not compared with the current KES period
    --reuse-number <number>  use the last number of the counter again, and leave the counter unchanged
    --dry-run                show all fields and checks; read no cold key, and sign nothing
    --force-period           issue also for a start period that is over or far ahead
    --old-request            issue also for a request older than 10 KES periods, or whose certificate would live less than half of its time
    --force                  replace an existing certificate

    # A certificate from KES period 512 (kes period shows the current one)
    $ kes opcert issue --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --network mainnet --out node.cert
    # What kes rotate requested
    $ kes opcert issue --request kes-512.request --cold-skey cold.skey --counter cold.counter --out node-512.cert
    # What would be issued, and does every check pass?
    $ kes opcert issue --request kes-512.request --cold-skey cold.skey --counter cold.counter --out node-512.cert --dry-run
    # With 3 on chain, on a machine without a clock
    $ kes opcert issue --request kes-512.request --cold-skey cold.skey --counter cold.counter --out node-512.cert --on-chain 3 --now 2026-03-01
    # Again with the last number, which has no certificate or a wrong one
    $ kes opcert issue --reuse-number 3 --kes-vkey kes.vkey --cold-skey cold.skey --counter cold.counter --start-period 512 --network mainnet --out node.cert`,
  values: { startPeriod: wholeNumber64 },
  needed: ['coldSkey', 'counter', 'out'],
  options: [...NETWORK, NOW, ON_CHAIN],
  work: issue,
};

async function issue(session: Session, options: IssueOptions): Promise<Answer> {
  const { coldSkey, counter, out, force = false, dryRun = false, json = false } = options;
  refuseStdin(coldSkey);
  refuseDash('--counter', counter, 'the counter is changed in its file: give the file');
  refuseDash('--out', out, 'the certificate is written to a file: give a name');
  // Every check comes before the number is taken: a number cannot be given back.
  refuseExisting(out, force, 'operational-certificate');
  const { hotVerificationKey, ...wanted } = await wantedOf(session, options);
  const { at } = wanted;
  if (dryRun) return dryRunOf(out, hotVerificationKey, issuingFacts(wanted));
  const place = placeOf(at);
  const file = issueJudged(wanted, {
    out,
    hotVerificationKey,
    replace: force,
    show: (warnings) => {
      session.warn(warnings);
      if (!json) session.tell([place.words]);
    },
  });
  return {
    json: { certificateFile: out, ...certificateJson(file), ...place.json },
    result: done(`${printable(out)}: a new operational certificate`),
    facts: certificateFacts(file),
    after: unknownInWords(file.certificate.sequenceNumber, wanted),
  };
}

/** What the number was not compared with. Beside the certificate in use, a warning says it. */
function unknownInWords(number: bigint, { known: { inUse, onChain } }: NewCertificate): string[] {
  if (inUse !== undefined || onChain !== undefined) return [];
  return [
    `NOT judged: whether the network accepts number ${number} (--on-chain states what is on chain)`,
  ];
}

/** The network and the current KES period. The words are told before the number is taken. */
function placeOf(at: NewCertificate['at']): Pick<Answer, 'json' | 'facts'> & { words: string } {
  if (at === undefined) return { words: 'Issuing without a network (--unchecked).', json: {} };
  const { parameters, moment } = at;
  const clock = clockInWords(moment);
  const period = String(periodAt(parameters, moment).period);
  return {
    words: `Issuing for ${printable(parameters.name)}, in KES period ${period} by ${clock}.`,
    json: { network: networkJson(parameters), clock: clockJson(moment), kesPeriod: period },
    facts: [
      ['clock', clock],
      ['network', networkInWords(parameters)],
      ['KES period', period],
    ],
  };
}

/** Shows what would be issued, and every check, also after one that failed. */
function dryRunOf(out: string, hotVerificationKey: Uint8Array, facts: IssuingFacts): Answer {
  const warnings: string[] = [];
  const checks = issuingChecks(facts).map(([name, check]): Check => {
    try {
      warnings.push(...check());
      return { valid: true, words: name };
    } catch (error) {
      if (!(error instanceof CommandError)) throw error;
      return { valid: false, words: error.message };
    }
  });
  const valid = allValid(checks);
  const { startPeriod, number, coldVerificationKey, coldSkey, at } = facts;
  const body = { hotVerificationKey, startPeriod, sequenceNumber: number };
  const certificate = { certificate: body, coldVerificationKey };
  const place = placeOf(at);
  const life = at && lifeAt(at.parameters, certificate, at.moment);
  return {
    warnings,
    json: {
      dryRun: true,
      valid,
      checks,
      certificateFile: out,
      ...certificateJson(certificate),
      ...place.json,
      ...(life && { evolution: lifeAtJson(life) }),
    },
    result: `${printable(out)}: ${valid ? 'can' : 'can NOT'} be issued; nothing was`,
    checks,
    facts: [
      ...(place.facts ?? []),
      ...certificateFacts(certificate),
      ...(life === undefined ? [] : [['life over', describeLife(life).over] as const]),
      ...(life === undefined ? [] : [['remaining', describeLife(life).left] as const]),
    ],
    after: [
      `NOT judged: whether ${printable(coldSkey)} is the cold key of this pool, which the counter names`,
      ...(at === undefined ? [`NOT judged: start period ${startPeriod} (--unchecked)`] : []),
      ...unknownInWords(number, facts),
    ],
  };
}

const REQUEST_SAYS = 'the request says that ';

interface Wanted extends NewCertificate {
  readonly hotVerificationKey: Uint8Array;
}

async function wantedOf(session: Session, options: IssueOptions): Promise<Wanted> {
  const { request: path, unchecked = false, now, counter, out } = options;
  if (options.oldRequest === true && path === undefined)
    throw usage('--old-request needs --request <file>');
  if (unchecked && (namesNetwork(options) || path !== undefined || now !== undefined)) {
    throw usage(
      '--unchecked stands for no network: leave it out, or --network, --request and --now',
    );
  }
  const { request, parameters, ...subject } =
    path === undefined
      ? await subjectOf(session, options)
      : await subjectOfRequest(session, options, path);
  const replaces = request?.replaces;
  const { coldSkey, reuseNumber, forcePeriod, oldRequest } = options;
  const says = request && REQUEST_SAYS;
  const moment = parameters && currentMoment(parameters, options, session.context.now());
  const at = parameters && moment && { parameters, moment };
  const pool = request ?? (await poolIfJudged(session, options));
  const stated = await onChainOf(session, options, {
    certificates: replaces === undefined ? [] : [replaces],
    coldVerificationKey: pool?.coldVerificationKey,
    at,
  });
  return {
    ...subject,
    coldSkey,
    reuseNumber,
    forcePeriod,
    oldRequest,
    command: { counter, line: typedAgain(['kes', ...session.args], '--dry-run', '--reuse-number') },
    at,
    requested: request?.time,
    replaced:
      replaces === undefined
        ? certificateAt(out)
        : { ...replaces, name: 'the certificate that the request replaces' },
    known: {
      onChain: stated ?? onChainByRequest(request),
      inUse: replaces?.sequenceNumber,
      says,
      pools: path === undefined ? [] : [{ ...request, name: sourceName(path) }],
    },
  };
}

function onChainByRequest(request: CertificateRequest | undefined): OnChain | undefined {
  const { onChain: last } = request ?? {};
  return last === undefined ? undefined : { last, says: REQUEST_SAYS, isFromElsewhere: true };
}

/** The counter names the pool of a certificate without a request. */
async function poolIfJudged(session: Session, { onChain, counter }: IssueOptions) {
  return onChain === undefined ? undefined : readEnvelope(session, counter, COUNTER);
}

async function subjectOfRequest(session: Session, options: IssueOptions, path: string) {
  if (options.kesVkey !== undefined || options.startPeriod !== undefined) {
    throw usage(
      '--request states the key and the start period: leave --kes-vkey and --start-period out',
    );
  }
  const request = await readRequest(session, path);
  const named = namesNetwork(options) ? await datedNetworkOf(session, options) : undefined;
  return {
    hotVerificationKey: request.kesVerificationKey,
    startPeriod: request.startPeriod,
    parameters: networkForRequest(path, request, named),
    request,
  };
}

async function subjectOf(session: Session, options: IssueOptions) {
  const { kesVkey, startPeriod, unchecked = false } = options;
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
  return {
    hotVerificationKey: await keyToCertify(session, kesVkey),
    startPeriod: absolutePeriod(startPeriod),
    parameters,
    request: undefined,
  };
}

/** The start of the certificate that `--force` replaces; `undefined` when there is none, or the file is empty. */
function certificateAt(out: string): NewCertificate['replaced'] {
  const file = ifPossible(() => readCertificate(out));
  return file && { name: printable(out), startPeriod: file.certificate.startPeriod };
}
