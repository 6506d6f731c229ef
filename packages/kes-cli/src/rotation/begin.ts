/** The beginning of a rotation: the next key, and its certificate or the request of it. */
import {
  absolutePeriod,
  evolutionOf,
  hexOf,
  type AbsolutePeriod,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-kes';
import { InvalidArgumentError } from 'commander';
import { allValid, type Answer, type Check, type Fact, type JsonMembers } from '../cli/answer.js';
import { certificateFacts, certificateJson } from '../certificates/certificate.js';
import { judgeNumber, type LastOnChain } from '../certificates/number.js';
import { numberChecks, wayToIssueAgain } from '../certificates/on-chain.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { counted, printable, shellWord } from '../cli/text.js';
import { periodAt } from '../network/period.js';
import { checkColdFiles, issueHere, lineOf, type ColdFiles } from './issue-here.js';
import { writeRequest, type NewFiles, type PairName } from './new-files.js';
import type { PairJudgement } from './pairs.js';
import { stepsInWords, type Rotation, type Step } from './rotation.js';

/** Where the next key is made: beside the old one, or in an agent. */
export interface KeyPlace {
  readonly files: NewFiles;
  readonly warnings: readonly string[];
  /** Makes the key, or finds the one of an interrupted rotation. Returns its verification key. */
  readonly makeKey: () => Promise<Uint8Array>;
  /** The place of the signing key, for a person. */
  readonly fact: Fact;
  readonly json: JsonMembers;
  /** Checks a certificate that was issued here. */
  readonly judge: (file: IssuedCertificate) => Promise<PairJudgement>;
  /** What to do when the certificate is on this machine. A certificate that was issued here was checked. */
  readonly stepsAfter: (isIssuedHere: boolean) => readonly Step[];
}

/** A rotation that begins. */
export interface Beginning extends Rotation, PairName {
  readonly old: IssuedCertificate;
  /** The command that begins this rotation, without a name and a number. */
  readonly again: string;
  /** The last number on chain, if it is known. */
  readonly onChainNumber: LastOnChain | undefined;
  /** The cold key, if it is on this machine. */
  readonly cold: ColdFiles | undefined;
}

/** A name that `--name` gives: of the pair of an earlier KES period, or of a second pair of this one. */
export function pairNameIn(text: string): Pick<PairName, 'startPeriod' | 'name'> {
  const [, period] = /^([0-9]{1,20})[a-z]*$/.exec(text) ?? [];
  if (period === undefined || BigInt(period) >= 1n << 64n) {
    throw new InvalidArgumentError('It is not a KES period, or one with letters, like 1574b.');
  }
  return { startPeriod: absolutePeriod(BigInt(period)), name: text };
}

/** The names of the rotation. The KES period in which it begins is the start period of the next certificate. */
export function pairNameOf(
  { cert, parameters, moment }: Rotation,
  { certificate }: IssuedCertificate,
  stated: Pick<PairName, 'startPeriod' | 'name'> | undefined,
): PairName {
  const { period } = periodAt(parameters, moment);
  if (stated === undefined) return { startPeriod: period, name: String(period), which: 'next' };
  const { startPeriod, name } = stated;
  if (startPeriod < certificate.startPeriod || startPeriod > period) {
    throw new CommandError(
      'usage',
      `--name ${name}: give a KES period from ${certificate.startPeriod}, the start of ${printable(cert)}, to ${period}, the current one`,
    );
  }
  if (isOver(parameters, startPeriod, period)) {
    throw new CommandError(
      'usage',
      `--name ${name}: a certificate from KES period ${startPeriod} has ended, since it is ${period} now: leave --name out`,
    );
  }
  return { startPeriod, name, which: startPeriod === period ? 'another' : 'earlier' };
}

/** Whether a certificate from a KES period has ended. */
export function isOver(
  parameters: KesParameters,
  startPeriod: AbsolutePeriod,
  period: AbsolutePeriod,
): boolean {
  return evolutionOf(parameters, startPeriod, period).state === 'expired';
}

/** Makes the next key, and its certificate or the request of it. */
export async function begin(
  session: Session,
  beginning: Beginning,
  place: KeyPlace,
): Promise<Answer> {
  const { cold } = beginning;
  // Every check comes before the key is made.
  if (cold !== undefined) checkColdFiles(cold, beginning, place.files.cert);
  const key = await place.makeKey();
  const made =
    cold === undefined
      ? await requested(session, beginning, place, key)
      : await issued(cold, beginning, place, key);
  return answerOf(beginning, place, key, {
    ...made,
    warnings: [...place.warnings, ...made.warnings],
  });
}

/** What was made for the certificate. */
interface Made {
  readonly title: string;
  readonly request: string | null;
  readonly file: IssuedCertificate | undefined;
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
  readonly steps: readonly Step[];
}

async function requested(
  session: Session,
  { old, startPeriod, parameters, moment, onChainNumber }: Beginning,
  { files: { request, cert }, stepsAfter }: KeyPlace,
  key: Uint8Array,
): Promise<Made> {
  await writeRequest(session, request, {
    time: moment.date ?? new Date(0),
    kesVerificationKey: key,
    startPeriod,
    parameters,
    coldVerificationKey: old.coldVerificationKey,
    onChain: onChainNumber,
    replaces: old.certificate,
  });
  const there = `kes opcert issue --request ${shellWord(request)} --cold-skey cold.skey --counter cold.counter --out ${shellWord(cert)}`;
  return {
    title: 'the next KES key, and the request of its certificate',
    request,
    file: undefined,
    checks: [],
    warnings: [],
    steps: [
      [
        `Copy ${printable(request)} to the machine with the cold key, and run there:`,
        there,
        onChainNumber === undefined
          ? 'The request does not say what is on chain: add --on-chain there, or run kes rotate again with it.'
          : 'The request says what is on chain. Where the counter does not fit, add --on-chain there too: then the command shows the way.',
      ],
      [`Copy ${printable(cert)} back.`],
      ...stepsAfter(false),
    ],
  };
}

async function issued(
  cold: ColdFiles,
  beginning: Beginning,
  { files: { cert }, judge, stepsAfter }: KeyPlace,
  key: Uint8Array,
): Promise<Made> {
  const { old, startPeriod, onChainNumber: onChain, network } = beginning;
  const line = lineOf(beginning);
  const wanted = { path: cert, hotVerificationKey: key, startPeriod, old, line };
  const { file, warnings } = issueHere(cold, wanted);
  const judged = await judge(file);
  const { sequenceNumber: inUse } = old.certificate;
  const number = judgeNumber(file.certificate.sequenceNumber, { onChain, inUse });
  const unknown = number.verdict === 'unknown' ? [number.words] : [];
  const again = wayToIssueAgain(number, { file, out: cert, network, onChain, cold });
  const checks = [...judged.checks, ...numberChecks(number, again)];
  return {
    title: 'the next KES key, and its certificate',
    request: null,
    file,
    checks,
    warnings: [...warnings, ...unknown, ...judged.warnings],
    // A node is not started with a pair that is not good.
    steps: allValid(checks) ? stepsAfter(true) : [],
  };
}

function startInWords({ startPeriod, parameters, moment }: Beginning): string {
  const past = periodAt(parameters, moment).period - startPeriod;
  const when = past === 0n ? 'the current one' : `${counted(past, 'KES period')} ago`;
  return `KES period ${startPeriod}, ${when}`;
}

function answerOf(
  beginning: Beginning,
  { files, fact, json }: KeyPlace,
  key: Uint8Array,
  { title, request, file, checks, warnings, steps }: Made,
): Answer {
  const facts: Fact[] = [
    fact,
    ['verification key', printable(files.vkey)],
    ...(request === null ? [] : [['request', printable(request)] as const]),
    ...(file === undefined
      ? [['KES key', hexOf(key)] as const, ['starts at', startInWords(beginning)] as const]
      : [['certificate', printable(files.cert)] as const, ...certificateFacts(file)]),
  ];
  return {
    warnings,
    json: {
      ...json,
      verificationKeyFile: files.vkey,
      requestFile: request,
      certificateFile: files.cert,
      kesVerificationKey: hexOf(key),
      startPeriod: String(beginning.startPeriod),
      ...(file === undefined ? {} : { certificate: certificateJson(file), checks }),
    },
    result: [{ valid: allValid(checks), words: title }],
    checks,
    facts,
    after: stepsInWords(steps),
  };
}
