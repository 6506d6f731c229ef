/**
 * A rotation. It begins with the next key and its certificate, or the request of it, and it ends with the old key, in two
 * runs. A run that was interrupted is run again. The keys are in files or in an agent: a {@link KeyStore}.
 */
import { existsSync } from 'node:fs';
import {
  eraseLeftovers,
  hexOf,
  writeVerificationKey,
  type AbsolutePeriod,
  type EvolutionStatus,
  type IssuedCertificate,
  type KesParameters,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { writeDurably } from '@evolock/direct-serialise-io/files';
import {
  CERTIFICATE,
  certificateFacts,
  certificateJson,
  judgeSignature,
} from '../certificates/certificate.js';
import { judgeTime, lifeAt } from '../certificates/life-at.js';
import { judgeNumber, type LastOnChain } from '../certificates/number.js';
import {
  numberChecks,
  onChainFileOf,
  onChainOf,
  queryCommand,
  wayToIssueAgain,
  type OnChainOptions,
} from '../certificates/on-chain.js';
import {
  LARGEST_REQUEST,
  parseRequest,
  requestText,
  type CertificateRequest,
} from '../certificates/request.js';
import { checkClock } from '../certificates/start-check.js';
import {
  allValid,
  type Answer,
  type Check,
  type Fact,
  type JsonMembers,
} from '@evolock/command-line/answer';
import { invalid } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { counted, printable, shellWord, sourceName } from '@evolock/command-line/text';
import { readEnvelope, readPublic, refuseDash } from '../files/read.js';
import type { KeyJudgement } from '../keys/signing-key-file.js';
import { periodAt, type Moment } from '../network/clock.js';
import { certificateHere, checkCold, coldArguments, type ColdFiles } from './cold.js';
import { foreign, pairNameOf, type NewFiles, type PairName, type StatedName } from './names.js';

export interface Rotation extends OnChainOptions {
  /** The file of the certificate in use. */
  readonly cert: string;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The options that name the network, to type them again. */
  readonly network: string;
  /** The option that names the key in use, to type it again. */
  readonly keyOption: string;
}

interface Begun extends Rotation {
  readonly old: IssuedCertificate;
  readonly onChainNumber: LastOnChain | undefined;
}

export interface Beginning extends Begun, PairName {
  /** The cold key, if it is on this machine. */
  readonly cold: ColdFiles | undefined;
  /** The command that begins it, without a name and a number. */
  readonly again: string;
}

export interface Ending extends Begun {
  readonly newCert: string;
  readonly file: IssuedCertificate;
}

export interface KeyStore {
  readonly next: (beginning: Beginning) => NextKey | Promise<NextKey>;
  /** Checks the new certificate with its key, and ends the old key when every check is passed. */
  readonly end: (ending: Ending) => Answer | Promise<Answer>;
}

/** The next key, before it is made. */
export interface NextKey {
  readonly files: NewFiles;
  readonly warnings: readonly string[];
  /** Makes the key, or finds the one of an interrupted rotation. Returns its verification key. */
  readonly make: () => Uint8Array | Promise<Uint8Array>;
  readonly place: string;
  readonly json: JsonMembers;
  /** Checks the file of the signing key, if it is in one. */
  readonly judge?: (file: IssuedCertificate, evolution: EvolutionStatus) => KeyJudgement;
  /** What to do when the certificate is on this machine. A certificate that was issued here was checked. */
  readonly stepsAfter: (isIssuedHere: boolean) => readonly Step[];
}

/** Makes the next key, and its certificate or the request of it. */
export async function begin(
  session: Session,
  rotation: Rotation,
  store: KeyStore,
  { cold, name }: { readonly cold: ColdFiles | undefined; readonly name: StatedName | undefined },
): Promise<Answer> {
  const old = await readOldCertificate(session, rotation);
  const onChainNumber = await onChainOf(session, rotation, [old.certificate]);
  checkMoment(rotation, old);
  const { cert, keyOption, network, onChain } = rotation;
  const again = `kes rotate --cert ${shellWord(cert)} ${keyOption} ${network}${coldArguments(cold)}${onChain === undefined ? '' : ` --on-chain ${shellWord(onChain)}`}`;
  const names = pairNameOf(rotation, old, name);
  const beginning = { ...rotation, ...names, old, onChainNumber, cold, again };
  const next = await store.next(beginning);
  // Every check comes before the key is made.
  if (cold !== undefined) checkCold(cold, beginning, next.files.cert);
  const key = await next.make();
  keepVerificationKey(next.files.vkey, key);
  return cold === undefined
    ? requested(session, beginning, next, key)
    : issued(cold, beginning, next, key);
}

/** Checks the new certificate, and ends the old key. */
export async function finish(
  session: Session,
  rotation: Rotation,
  store: KeyStore,
  newCert: string,
): Promise<Answer> {
  const old = await readOldCertificate(session, rotation);
  checkMoment(rotation, old);
  const file = await readEnvelope(session, newCert, CERTIFICATE);
  const onChainNumber = await onChainOf(session, rotation, [old.certificate, file.certificate]);
  return store.end({ ...rotation, old, onChainNumber, newCert, file });
}

/** Reads the certificate in use, and refuses one that its cold key did not sign. */
async function readOldCertificate(
  session: Session,
  { cert }: Rotation,
): Promise<IssuedCertificate> {
  refuseDash('--cert', cert, 'the new certificate is named after it: give the file');
  const file = await readEnvelope(session, cert, CERTIFICATE);
  const signature = judgeSignature(file);
  if (signature.valid) return file;
  throw invalid(`${sourceName(cert)}: ${signature.words}`);
}

/** Refuses a clock that is behind what this machine can see, and a certificate of another network, before a period is judged. */
function checkMoment(
  { cert, parameters, moment }: Rotation,
  { certificate: { startPeriod } }: IssuedCertificate,
): void {
  checkClock({ parameters, moment, replaced: { name: printable(cert), startPeriod } });
}

async function requested(
  session: Session,
  beginning: Beginning,
  next: NextKey,
  key: Uint8Array,
): Promise<Answer> {
  const { old, startPeriod, parameters, moment, onChainNumber } = beginning;
  const { request, cert } = next.files;
  await keepRequest(session, request, {
    time: moment.date ?? new Date(0),
    kesVerificationKey: key,
    startPeriod,
    parameters,
    coldVerificationKey: old.coldVerificationKey,
    onChain: onChainNumber,
    replaces: old.certificate,
  });
  const past = periodAt(parameters, moment).period - startPeriod;
  const when = past === 0n ? 'the current one' : `${counted(past, 'KES period')} ago`;
  return answerOf(next, key, startPeriod, {
    title: 'the next KES key, and the request of its certificate',
    request,
    facts: [
      ['request', printable(request)],
      ['KES key', hexOf(key)],
      ['starts at', `KES period ${startPeriod}, ${when}`],
    ],
    steps: [
      [
        `Copy ${printable(request)} to the machine with the cold key, and run there:`,
        `kes opcert issue --request ${shellWord(request)} --cold-skey cold.skey --counter cold.counter --out ${shellWord(cert)}`,
        onChainNumber === undefined
          ? 'The request does not say what is on chain: add --on-chain there, or run kes rotate again with it.'
          : 'The request says what is on chain. Where the counter does not fit, add --on-chain there too: then the command shows the way.',
      ],
      [`Copy ${printable(cert)} back.`],
      ...next.stepsAfter(false),
    ],
  });
}

const WARNING =
  'the cold key is on this machine: a copy of it gives control of the pool. Keep it on a machine without a network, and leave --cold-skey-here out: then kes rotate writes a request for that machine';

function issued(cold: ColdFiles, beginning: Beginning, next: NextKey, key: Uint8Array): Answer {
  const { old, startPeriod, onChainNumber: onChain, network, parameters, moment } = beginning;
  const { cert } = next.files;
  const file = certificateHere(cold, beginning, cert, key);
  const life = lifeAt(parameters, file, moment);
  const judged = next.judge?.(file, life.evolution);
  const { sequenceNumber: inUse } = old.certificate;
  const number = judgeNumber(file.certificate.sequenceNumber, { onChain, inUse });
  const again = wayToIssueAgain(number, { file, out: cert, network, onChain, cold });
  const checks = [
    ...judgeNext(old, file, judgeTime(life), judged?.check),
    ...numberChecks(number, again),
  ];
  return answerOf(next, key, startPeriod, {
    title: 'the next KES key, and its certificate',
    request: null,
    json: { certificate: certificateJson(file), checks },
    facts: [['certificate', printable(cert)], ...certificateFacts(file)],
    checks,
    warnings: [
      WARNING,
      ...(number.verdict === 'unknown' ? [number.words] : []),
      ...(judged?.warnings ?? []),
    ],
    // A node is not started with a pair that is not good.
    steps: allValid(checks) ? next.stepsAfter(true) : [],
  });
}

interface Made {
  readonly title: string;
  readonly request: string | null;
  readonly json?: JsonMembers;
  readonly facts: readonly Fact[];
  readonly checks?: readonly Check[];
  readonly warnings?: readonly string[];
  readonly steps: readonly Step[];
}

function answerOf(
  { files, place, json, warnings }: NextKey,
  key: Uint8Array,
  startPeriod: AbsolutePeriod,
  made: Made,
): Answer {
  const { checks = [] } = made;
  return {
    warnings: [...warnings, ...(made.warnings ?? [])],
    json: {
      ...json,
      verificationKeyFile: files.vkey,
      requestFile: made.request,
      certificateFile: files.cert,
      kesVerificationKey: hexOf(key),
      startPeriod: String(startPeriod),
      ...made.json,
    },
    result: [{ valid: allValid(checks), words: made.title }],
    checks,
    facts: [['signing key', place], ['verification key', printable(files.vkey)], ...made.facts],
    after: stepsInWords(made.steps),
  };
}

/** Writes the file of the verification key, or keeps the one of an interrupted rotation. */
function keepVerificationKey(vkey: string, key: Uint8Array): void {
  if (existsSync(vkey)) eraseLeftovers(vkey);
  else writeVerificationKey('kes', vkey, key);
}

/** Writes the request, or keeps the one of an interrupted rotation. What is known of the chain is brought up to date. */
async function keepRequest(
  session: Session,
  path: string,
  request: CertificateRequest,
): Promise<void> {
  if (!existsSync(path)) {
    writeDurably(path, requestText(request), { replace: false, secret: false });
    return;
  }
  const found = parseRequest(path, await readPublic(session, path, LARGEST_REQUEST));
  const { time, onChain } = request;
  if (!sameBytes(requestText({ ...found, time, onChain }), requestText(request))) {
    throw foreign(path);
  }
  if (onChain === undefined || onChain === found.onChain) eraseLeftovers(path);
  else writeDurably(path, requestText(request), { replace: true, secret: false });
}

/** The checks of a new certificate: with its key, if that is in a file, and as a replacement. Its number is judged by the chain. */
export function judgeNext(
  old: IssuedCertificate,
  file: IssuedCertificate,
  time: Check,
  key?: Check,
): Check[] {
  const isSamePool = sameBytes(old.coldVerificationKey, file.coldVerificationKey);
  const isSameKey = sameBytes(
    old.certificate.hotVerificationKey,
    file.certificate.hotVerificationKey,
  );
  return [
    judgeSignature(file),
    time,
    ...(key === undefined ? [] : [key]),
    { valid: isSamePool, words: `it is of ${isSamePool ? 'the same' : 'another'} pool` },
    { valid: !isSameKey, words: isSameKey ? 'it is for the old key' : 'it is for another key' },
  ];
}

/** One step, the command of it, and what may be different. */
export type Step = readonly [words: string, command?: string, note?: string];

/** The steps as numbered lines. A command has a line of its own, to copy. */
export function stepsInWords(steps: readonly Step[]): string[] {
  return steps.flatMap(([words, ...more], index) => [
    `  ${index + 1}. ${words}`,
    ...more.map((line) => `     ${line ?? ''}`),
  ]);
}

/** The new pair; of a key in an agent only its certificate. */
interface NewPair {
  readonly cert: string;
  readonly skey?: string;
}

export function endCommand({ cert, keyOption, network }: Rotation, made: NewPair): string {
  const key = made.skey === undefined ? '' : ` --new-skey ${shellWord(made.skey)}`;
  return `kes rotate --finish --cert ${shellWord(cert)} ${keyOption} --new-cert ${shellWord(made.cert)}${key} ${network}`;
}

/** The steps that end a rotation: the node is asked for the last number on chain, and the end is run with its answer. */
export function stepsToEnd(
  rotation: Rotation,
  made: NewPair,
  [asking, ending]: readonly [asking: string, ending: string],
): readonly [asking: Step, ending: Step] {
  const answer = onChainFileOf(made.cert);
  return [
    [
      asking,
      queryCommand(rotation.parameters, made.cert, answer),
      'It needs the socket of the node: in CARDANO_NODE_SOCKET_PATH, or by --socket-path.',
    ],
    [ending, `${endCommand(rotation, made)} --on-chain ${shellWord(answer)}`],
  ];
}
