/** A rotation: the certificates of both pairs, how they are checked, and what the operator does next. */
import type { IssuedCertificate, KesParameters } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import { CERTIFICATE, judgeSignature } from '../certificates/certificate.js';
import { judgeNumber, type LastOnChain } from '../certificates/number.js';
import { onChainFileOf, type OnChainOptions, queryCommand } from '../certificates/on-chain.js';
import { judgeTime, lifeAt } from '../certificates/life-at.js';
import { checkClock } from '../certificates/start-check.js';
import type { Check } from '../cli/answer.js';
import { CommandError } from '../cli/errors.js';
import type { Session } from '../cli/session.js';
import { printable, shellWord, sourceName } from '../cli/text.js';
import { readEnvelope, refuseDash } from '../files/read.js';
import { judgeKey } from '../keys/node-reading.js';
import { withSigningKey } from '../keys/signing-key.js';
import type { Moment } from '../network/clock.js';

/** What every step of a rotation needs. */
export interface Rotation extends OnChainOptions {
  /** The file of the certificate in use. */
  readonly cert: string;
  readonly parameters: KesParameters;
  readonly moment: Moment;
  /** The options that name the network, to type them again. */
  readonly network: string;
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

/** The steps that end a rotation: the node is asked for the last number on chain, and the end is run with its answer. */
export function stepsToFinish(
  { cert, parameters, network }: Rotation,
  {
    asking,
    ending,
    inUse,
    newCert,
    newSkey,
  }: {
    readonly asking: string;
    readonly ending: string;
    /** The option of the key in use. */
    readonly inUse: string;
    readonly newCert: string;
    readonly newSkey?: string;
  },
): Step[] {
  const answer = onChainFileOf(newCert);
  const key = newSkey === undefined ? '' : ` --new-skey ${shellWord(newSkey)}`;
  const files = `--cert ${shellWord(cert)} ${inUse} --new-cert ${shellWord(newCert)}${key}`;
  return [
    [
      asking,
      queryCommand(parameters, newCert, answer),
      'It needs the socket of the node: in CARDANO_NODE_SOCKET_PATH, or by --socket-path.',
    ],
    [ending, `kes rotate --finish ${files} ${network} --on-chain ${shellWord(answer)}`],
  ];
}

/** Reads the certificate in use, and refuses one that its cold key did not sign. */
export async function readOldCertificate(
  session: Session,
  cert: string,
): Promise<IssuedCertificate> {
  refuseDash('--cert', cert, 'the new certificate is named after it: give the file');
  const file = await readEnvelope(session, cert, CERTIFICATE);
  const signature = judgeSignature(file);
  if (!signature.valid) throw invalid(`${sourceName(cert)}: ${signature.words}`);
  return file;
}

/** Reads the old pair, and refuses two files that do not belong together. */
export async function readOldPair(
  session: Session,
  cert: string,
  skey: string,
): Promise<IssuedCertificate> {
  const file = await readOldCertificate(session, cert);
  const key = await withSigningKey(skey, ({ signingKey }) => signingKey.deriveVerificationKey());
  if (!sameBytes(key, file.certificate.hotVerificationKey)) {
    throw invalid(`${printable(skey)}: it is not the key of ${sourceName(cert)}`);
  }
  return file;
}

function invalid(message: string): CommandError {
  return new CommandError('invalid', message);
}

/** Checks, and warnings about the file of the key. */
export interface PairJudgement {
  readonly checks: readonly Check[];
  readonly warnings: readonly string[];
}

/** Refuses a clock that is behind what this machine can see, and a certificate of another network, before a period is judged. */
export function checkMoment(
  { cert, parameters, moment }: Rotation,
  { certificate: { startPeriod } }: IssuedCertificate,
): void {
  checkClock({ parameters, moment, replaced: { name: printable(cert), startPeriod } });
}

/** Checks a pair as a node does at its start, and that it replaces the old one. */
export async function judgePair(
  skey: string,
  file: IssuedCertificate,
  old: IssuedCertificate,
  { parameters, moment }: { readonly parameters: KesParameters; readonly moment: Moment },
): Promise<PairJudgement> {
  const life = lifeAt(parameters, file, moment);
  const { check, warnings } = await judgeKey(skey, file, life.evolution);
  const checks = [judgeSignature(file), judgeTime(life), check];
  return { checks: [...checks, ...judgeReplacement(old, file)], warnings };
}

/** Whether a certificate can replace the old one: it is for the same pool and another key. Its number is judged by the chain. */
export function judgeReplacement(old: IssuedCertificate, file: IssuedCertificate): Check[] {
  const isSamePool = sameBytes(old.coldVerificationKey, file.coldVerificationKey);
  const isSameKey = sameBytes(
    old.certificate.hotVerificationKey,
    file.certificate.hotVerificationKey,
  );
  return [
    { valid: isSamePool, words: `it is of ${isSamePool ? 'the same' : 'another'} pool` },
    { valid: !isSameKey, words: isSameKey ? 'it is for the old key' : 'it is for another key' },
  ];
}

/** Refuses the old certificate in place of the new one, where the chain accepts both: the key in use would be erased. */
export function judgeOrder(
  { certificate: old }: IssuedCertificate,
  { certificate: made }: IssuedCertificate,
  onChain: LastOnChain | undefined,
): Check[] {
  const [before, after] = [old.sequenceNumber, made.sequenceNumber];
  const isLower = made.startPeriod === old.startPeriod && after < before;
  const reason =
    made.startPeriod < old.startPeriod
      ? `it starts earlier, at KES period ${made.startPeriod}`
      : isLower && judgeNumber(before, { onChain }).verdict === 'accepted'
        ? `its number ${after} is lower, and the network accepts ${before} too`
        : undefined;
  if (reason === undefined) return [];
  const words = `${reason}: name the old and the new one the other way round`;
  return [{ valid: false, words }];
}
