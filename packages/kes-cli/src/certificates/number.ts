/**
 * The numbers of certificates and the rule of the chain: what is on chain, by an option or a file of cardano-cli; the verdict on
 * a number; and the way to one that the network accepts. Since Babbage a network accepts the number of the pool's last
 * certificate on chain, or one more. A pool without a certificate on chain begins with 0 or 1. A certificate is on chain from
 * the first block with it: one in use need not be.
 */
import { existsSync } from 'node:fs';
import {
  hexOf,
  type IssuedCertificate,
  type KesParameters,
  type LastOnChain,
  poolIdOf,
} from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Check } from '@evolock/command-line/answer';
import type { Terms } from '@evolock/command-line/command';
import { type CommandError, invalid, usage } from '@evolock/command-line/errors';
import type { Session } from '@evolock/command-line/session';
import { printable, shellWord, sourceName, STDIN } from '@evolock/command-line/text';
import { readPublic } from '../files/read.js';

export const CHAIN_RULE =
  'a network accepts the number of the last certificate on chain, or one more, and no other';

const STATE_ON_CHAIN =
  'State what is on chain by --on-chain: a number, none, or a file of cardano-cli query kes-period-info';

/** What is known when a number is judged. Everything may be unknown. */
export interface KnownNumbers {
  readonly onChain?: LastOnChain | undefined;
  /** That of the certificate in use, which need not be on chain. */
  readonly inUse?: bigint | undefined;
  readonly next?: bigint | undefined;
  /** Whether the number before it is reserved for a certificate that is not in its file. */
  readonly isReserved?: boolean | undefined;
  /** Begins a sentence with a number that this machine does not know by itself: `the request says that `. */
  readonly says?: string | undefined;
  /** The same for what is on chain, which a person may state on this machine. */
  readonly chainSays?: string | undefined;
  /** The sources of these numbers, which have to be of one pool. Their names are safe to print. */
  readonly pools?: readonly NamedPool[] | undefined;
}

interface NamedPool {
  readonly name: string;
  readonly coldVerificationKey?: Uint8Array | undefined;
}

export interface NumberJudgement {
  /** `unknown` when it is unknown what is on chain. */
  readonly verdict: 'accepted' | 'refused' | 'unknown';
  /** The number that the next certificate needs. Absent while it is unknown, and when the files are of two pools. */
  readonly right?: bigint | undefined;
  /** Of an unknown verdict: the number is neither that of the certificate in use nor one more. */
  readonly isDoubtful: boolean;
  readonly words: string;
}

/** Judges the number of a certificate that exists. */
export function judgeNumber(number: bigint, known: KnownNumbers): NumberJudgement {
  const { onChain, inUse, next, says = '', chainSays = '' } = known;
  const others = otherPoolsInWords(known);
  if (others !== undefined) return { verdict: 'refused', isDoubtful: false, words: others };
  if (onChain === undefined) {
    const isDoubtful = inUse !== undefined && number !== inUse && number !== inUse + 1n;
    return { verdict: 'unknown', isDoubtful, words: unknownInWords(number, inUse, says) };
  }
  const accepted = onChain === 'none' ? [0n, 1n] : [onChain, onChain + 1n];
  const isAccepted = accepted.includes(number);
  const last =
    onChain === 'none'
      ? 'no certificate of the pool is on chain'
      : `${onChain} is the last number on chain`;
  const reason = isAccepted ? '' : `, and ${accepted.join(' or ')} is accepted`;
  return {
    verdict: isAccepted ? 'accepted' : 'refused',
    // A pool begins with 0. Where 1 was given without a block, it is used again: the counter stays.
    right: onChain !== 'none' ? onChain + 1n : next === 2n ? 1n : 0n,
    isDoubtful: false,
    words: `the network ${isAccepted ? 'accepts' : 'refuses'} number ${number}: ${chainSays}${last}${reason}`,
  };
}

/** Judges the number of a certificate that will be issued. A number that is on chain is not used again. */
export function judgeNewNumber(number: bigint, known: KnownNumbers): NumberJudgement {
  const judgement = judgeNumber(number, known);
  const { verdict } = judgement;
  const { chainSays = '' } = known;
  if (verdict === 'accepted' && number === known.onChain) {
    const words = `${chainSays}number ${number} is on chain already`;
    return { ...judgement, verdict: 'refused', words };
  }
  if (verdict === 'unknown' && number === known.inUse && number === known.next) {
    const words = `the counter would give number ${number} again: ${judgement.words}`;
    return { ...judgement, isDoubtful: true, words };
  }
  return judgement;
}

function unknownInWords(number: bigint, inUse: bigint | undefined, says: string): string {
  const lasts = number === 0n ? '0' : `${number - 1n} or ${number}`;
  const none = number > 1n ? '' : ', or if no certificate is on chain';
  const beside =
    inUse === undefined
      ? ''
      : `; ${says}the certificate in use has ${inUse}, which need not be on chain`;
  return `the network accepts number ${number} only if ${lasts} is the last number on chain${none}, and that is unknown${beside}`;
}

function otherPoolsInWords({ pools = [] }: KnownNumbers): string | undefined {
  const named = pools.flatMap(({ name, coldVerificationKey: key }) =>
    key === undefined ? [] : [{ name, key }],
  );
  const [first] = named;
  const other = named.find(({ key }) => first !== undefined && !sameBytes(key, first.key));
  if (first === undefined || other === undefined) return undefined;
  const [one, two] = [first, other].map(({ name, key }) => `${name} is of ${poolIdOf(key).bech32}`);
  return `these files are of two pools: ${one ?? ''}, and ${two ?? ''}`;
}

interface Way {
  readonly number: bigint;
  /** The counter is set to it, or a reservation beside it is dropped; up by more than one and down it is forced. */
  readonly set?: 'set' | 'force';
  /** The last number that the counter gave is used again. */
  readonly reuses: boolean;
}

/** The way to a number. It ends in a certificate with exactly this number. */
export function wayTo(number: bigint, { next = number, isReserved = false }: KnownNumbers): Way {
  const way = { number, reuses: next === number + 1n };
  if (next === number) return isReserved ? { ...way, set: 'set' } : way;
  if (way.reuses) return way;
  return { ...way, set: number === next + 1n ? 'set' : 'force' };
}

/** The command that brings a counter to the number of a way; `undefined` when it is there, or is standard input. */
function counterCommandOf({ set, number }: Way, counter: string): string | undefined {
  if (set === undefined || counter === STDIN) return undefined;
  return `kes counter set ${shellWord(counter)} --next ${number}${set === 'force' ? ' --force' : ''}`;
}

export interface IssuingCommand {
  readonly counter: string;
  /** The complete command, without `--reuse-number`. */
  readonly line: string;
}

/** Refuses a number before it is taken, with the way out. Returns warnings: none when nothing is known but the counter. */
export function checkNewNumber(
  number: bigint,
  known: KnownNumbers,
  { counter, line }: IssuingCommand,
): string[] {
  const { verdict, right, isDoubtful, words } = judgeNewNumber(number, known);
  const { inUse, says = '', chainSays = '' } = known;
  if (verdict !== 'refused' && !isDoubtful) {
    const isSilent = verdict === 'accepted' || inUse === undefined;
    const isLower = inUse !== undefined && number < inUse;
    const lower = `${says}the certificate in use has ${inUse ?? ''}, and an agent that holds its key refuses a lower number: drop that key (kes agent drop-key) before this certificate is installed`;
    return [...(isSilent ? [] : [words]), ...(isLower ? [lower] : [])];
  }
  const wayOut = () => {
    if (verdict === 'refused' && right === undefined) return 'Give files of one pool';
    // No command contains a number that this machine does not know by itself.
    if (right === undefined || chainSays !== '') return STATE_ON_CHAIN;
    const way = wayTo(right, known);
    const set = counterCommandOf(way, counter);
    const issue = `${line}${way.reuses ? ` --reuse-number ${right}` : ''}`;
    return `Issue with ${right}: ${set === undefined ? '' : `${set}; then issue again: `}${issue}`;
  };
  throw invalid(`${printable(counter)}: ${words}. ${wayOut()}`);
}

/** Judges a counter: whether its next number is right, or the number before it, which was given and is not on chain. */
export function judgeCounter(path: string, known: KnownNumbers & { readonly next: bigint }): Check {
  const name = sourceName(path);
  const { next, inUse } = known;
  const { verdict, right, words } = judgeNewNumber(next, known);
  if (verdict === 'accepted') return { valid: true, words: `${name}: ${words}` };
  if (verdict === 'unknown') return besideCertificate(`${name} gives ${next} next`, next, inUse);
  if (right === undefined) return { valid: false, words };
  const way = wayTo(right, known);
  if (way.reuses) {
    return {
      valid: true,
      words: `${name} gave number ${right}, which is not on chain yet: until a block with it is, issue again with it, by --reuse-number ${right}`,
    };
  }
  const command = counterCommandOf(way, path) ?? `set it to ${right}`;
  return { valid: false, words: `${name} gives ${next} next, and ${words}: ${command}` };
}

/** The same while it is unknown what is on chain. */
function besideCertificate(words: string, next: bigint, inUse: bigint | undefined): Check {
  if (inUse === undefined) return { valid: true, words };
  if (next <= inUse) {
    return {
      valid: false,
      words: `${words}, and this certificate has ${inUse}: it is an old copy, unless the last number on chain is lower (--on-chain)`,
    };
  }
  const later = next - inUse - 1n;
  const given = later === 1n ? 'a later number was given' : `${later} later numbers were given`;
  const relation = later === 0n ? ', the number after this certificate' : `: ${given}`;
  return { valid: true, words: `${words}${relation}` };
}

export interface IssuingAgain {
  readonly file: IssuedCertificate;
  readonly out: string;
  /** The options of the network; `undefined` when they are unknown. */
  readonly network: string | undefined;
  readonly onChain: LastOnChain | undefined;
  readonly cold?: { readonly coldSkey: string; readonly counter: string } | undefined;
}

/** A refused certificate is issued again for the same key: that command shows the steps to the right number by its counter. */
export function numberChecks(
  { verdict, right, words }: NumberJudgement,
  { file, out, network, onChain, cold }: IssuingAgain,
): Check[] {
  if (verdict === 'unknown') return [];
  if (verdict === 'accepted') return [{ valid: true, words }];
  if (right === undefined) return [{ valid: false, words }];
  const refused = `${words}. Issue it again with number ${right}`;
  if (network === undefined) return [{ valid: false, words: refused }];
  const { hotVerificationKey, startPeriod } = file.certificate;
  const subject = `--kes-vkey ${hexOf(hotVerificationKey)} --start-period ${startPeriod} ${network}`;
  const { coldSkey, counter } = cold ?? { coldSkey: 'cold.skey', counter: 'cold.counter' };
  const files = `--cold-skey ${shellWord(coldSkey)} --counter ${shellWord(counter)} --out ${shellWord(out)} --force`;
  const where = cold === undefined ? 'on the machine with the cold key, ' : '';
  const run = `kes opcert issue ${subject} ${files} --on-chain ${onChain ?? 'none'}`;
  const again = `${where}run: ${run}; then run this command again with that certificate`;
  return [{ valid: false, words: `${refused}: ${again}` }];
}

export interface OnChainOptions {
  readonly onChain?: string | undefined;
}

export const ON_CHAIN: Terms = {
  text: `
    --on-chain <number|none|file>  the number of the pool's last certificate on chain, none, or the file of cardano-cli query kes-period-info --out-file`,
};

export type NumberedCertificate = Readonly<Record<'sequenceNumber' | 'startPeriod', bigint>>;

/** Bytes, far above real ones. */
const LARGEST_FILE = 65_536;

/** The last number on chain by the option. A file names no pool, so it has to be about one of these certificates. */
export async function onChainOf(
  session: Session,
  { onChain: text }: OnChainOptions,
  certificates: readonly NumberedCertificate[],
): Promise<LastOnChain | undefined> {
  if (text === undefined || text === 'none') return text;
  const wrong = (words: string): CommandError => usage(`--on-chain ${sourceName(text)}: ${words}`);
  if (/^[0-9]+$/.test(text)) {
    if (BigInt(text) < 1n << 64n) return BigInt(text);
    throw wrong('it is not a whole number below 2^64');
  }
  if (text !== STDIN && !existsSync(text))
    throw wrong('it is not a whole number, not none, and not a file');
  if (certificates.length === 0) {
    throw wrong(
      'this file names no pool, and no certificate is given to compare it with: give the number, or none',
    );
  }
  const content = await readPublic(session, text, LARGEST_FILE);
  return onChainInFile(sourceName(text), content, certificates);
}

function onChainInFile(
  name: string,
  text: Uint8Array,
  certificates: readonly NumberedCertificate[],
): LastOnChain {
  const { onChain, onDisk, start } = infoIn(name, text);
  const isOfOne = certificates.some(
    ({ sequenceNumber, startPeriod }) => sequenceNumber === onDisk && startPeriod === start,
  );
  if (isOfOne) return onChain;
  const given = certificates
    .map(({ sequenceNumber: number, startPeriod }) => `number ${number} from period ${startPeriod}`)
    .join(', or ');
  throw invalid(
    `--on-chain ${name}: it is about a certificate with number ${onDisk} from KES period ${start}, and not about that which is given here (${given}): run cardano-cli query kes-period-info with that certificate`,
  );
}

/** What `QueryKesPeriodInfoOutput` of cardano-cli writes, of it the numbers that are needed here. */
function infoIn(name: string, text: Uint8Array) {
  try {
    const fields = JSON.parse(Buffer.from(text).toString('utf8')) as Record<string, unknown>;
    const last = fields['qKesNodeStateOperationalCertificateNumber'];
    return {
      onChain: last === null ? ('none' as const) : wholeOf(last),
      onDisk: wholeOf(fields['qKesOnDiskOperationalCertificateNumber']),
      start: wholeOf(fields['qKesStartKesInterval']),
    };
  } catch (cause) {
    throw invalid(
      `--on-chain ${name}: it is not what cardano-cli query kes-period-info writes with --out-file: give that file, the number, or none`,
      { cause },
    );
  }
}

/** cardano-cli writes 64-bit numbers as numbers of JSON, and `JSON.parse` rounds those above 2^53. */
function wholeOf(value: unknown): bigint {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new TypeError('number');
  return BigInt(value as number);
}

/** The command that writes the file for the option, run beside the node, and the file: of `node.cert`, `node.on-chain.json`. */
export function queryOf({ name }: KesParameters, certificate: string) {
  const answer = shellWord(`${certificate.replace(/\.[a-z]+$/i, '')}.on-chain.json`);
  // A network by its genesis is named after its magic number.
  const [, magic = name === 'preprod' ? '1' : '2'] = /^network (\d+)/.exec(name) ?? [];
  const network = name === 'mainnet' ? '--mainnet' : `--testnet-magic ${magic}`;
  const files = `--op-cert-file ${shellWord(certificate)} --out-file ${answer}`;
  return { query: `cardano-cli query kes-period-info ${network} ${files}`, answer };
}

/** The way to the last number on chain: the node is asked about a certificate, when its network is known. */
export function wayToAsk(parameters: KesParameters | undefined, certificate: string): string {
  if (parameters === undefined) return STATE_ON_CHAIN;
  const { query, answer } = queryOf(parameters, certificate);
  return `Ask the node: ${query}; then run this command again with --on-chain ${answer}`;
}
