/**
 * The rule of the chain about the numbers of certificates, and the way to a number that the network accepts. Since Babbage a
 * network accepts the number of the pool's last certificate on chain, or one more. A pool without a certificate on chain
 * begins with 0 or 1. A certificate is on chain from the first block with it: one in use need not be.
 */
import { poolIdOf } from '@evolock/cardano-kes';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Check } from '@evolock/command-line/answer';
import { invalid } from '@evolock/command-line/errors';
import { printable, shellWord, sourceName, STDIN } from '@evolock/command-line/text';

/** The number of the pool's last certificate on chain; `none` before its first block with one. */
export type LastOnChain = bigint | 'none';

export const CHAIN_RULE =
  'a network accepts the number of the last certificate on chain, or one more, and no other';

export const STATE_ON_CHAIN =
  'State what is on chain by --on-chain: a number, none, or a file of cardano-cli query kes-period-info';

/** What is known when a number is judged. Everything may be unknown. */
export interface KnownNumbers {
  readonly onChain?: LastOnChain | undefined;
  /** The number of the certificate in use. It need not be on chain. */
  readonly inUse?: bigint | undefined;
  /** The next number of the counter. */
  readonly next?: bigint | undefined;
  /** Whether the number before it is reserved for a certificate that is not in its file. */
  readonly isReserved?: boolean | undefined;
  /** Begins a sentence with a number that this machine does not know by itself: `the request says that `. */
  readonly says?: string | undefined;
  /** Whether what is on chain was stated on this machine, and only the rest by the request. */
  readonly isStated?: boolean | undefined;
  /** The sources of these numbers. They have to be of one pool. */
  readonly pools?: readonly NamedPool[] | undefined;
}

interface NamedPool {
  /** The file, safe to print. */
  readonly name: string;
  /** The cold verification key, if it is known. */
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
  const { onChain, inUse, next, says = '', pools = [] } = known;
  const others = otherPoolsInWords(pools);
  if (others !== undefined) return { verdict: 'refused', isDoubtful: false, words: others };
  if (onChain === undefined) {
    const isDoubtful = inUse !== undefined && number !== inUse && number !== inUse + 1n;
    return { verdict: 'unknown', isDoubtful, words: unknownInWords(number, inUse, says) };
  }
  const isAccepted = acceptedOn(onChain).includes(number);
  const reason = isAccepted ? '' : `, and ${acceptedOn(onChain).join(' or ')} is accepted`;
  return {
    verdict: isAccepted ? 'accepted' : 'refused',
    right: rightOn(onChain, next),
    isDoubtful: false,
    words: `the network ${isAccepted ? 'accepts' : 'refuses'} number ${number}: ${saysOnChain(known)}${lastInWords(onChain)}${reason}`,
  };
}

/** Judges the number of a certificate that will be issued. A number that is on chain is not used again. */
export function judgeNewNumber(number: bigint, known: KnownNumbers): NumberJudgement {
  const judgement = judgeNumber(number, known);
  const { verdict } = judgement;
  if (verdict === 'accepted' && number === known.onChain) {
    const words = `${saysOnChain(known)}number ${number} is on chain already`;
    return { ...judgement, verdict: 'refused', words };
  }
  if (verdict === 'unknown' && number === known.inUse && number === known.next) {
    const words = `the counter would give number ${number} again: ${judgement.words}`;
    return { ...judgement, isDoubtful: true, words };
  }
  return judgement;
}

/** The steps by which a certificate gets a number. */
interface Way {
  readonly number: bigint;
  /** The counter is set to the number first, or a reservation beside it is dropped; up by more than one and down it is forced. */
  readonly set?: 'set' | 'force';
  /** It is the last number that the counter gave, and it is used again. */
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

/** A command that issues a certificate, for the way out that it prints. */
export interface IssuingCommand {
  readonly counter: string;
  /** The complete command, without `--reuse-number`. */
  readonly line: string;
}

/** Refuses a number before it is taken, with the way out. Returns warnings: none when nothing is known but the counter. */
export function checkNewNumber(
  number: bigint,
  known: KnownNumbers,
  command: IssuingCommand,
): string[] {
  const { verdict, right, isDoubtful, words } = judgeNewNumber(number, known);
  if (verdict !== 'refused' && !isDoubtful) {
    const isSilent = verdict === 'accepted' || known.inUse === undefined;
    return [...(isSilent ? [] : [words]), ...lowerInWords(number, known)];
  }
  // No command contains a number that this machine does not know by itself.
  const isSaid = saysOnChain(known) !== '';
  const wayOut =
    verdict === 'refused' && right === undefined
      ? 'Give files of one pool'
      : right === undefined || isSaid
        ? STATE_ON_CHAIN
        : `Issue with ${right}: ${wayInWords(wayTo(right, known), command)}`;
  throw invalid(`${printable(command.counter)}: ${words}. ${wayOut}`);
}

function wayInWords(way: Way, { counter, line }: IssuingCommand): string {
  const set = counterCommandOf(way, counter);
  const issue = `${line}${way.reuses ? ` --reuse-number ${way.number}` : ''}`;
  return set === undefined ? issue : `${set}; then issue again: ${issue}`;
}

/** A warning about a number that is lower than that of the certificate in use. */
function lowerInWords(number: bigint, { inUse, says = '' }: KnownNumbers): string[] {
  if (inUse === undefined || number >= inUse) return [];
  return [
    `${says}the certificate in use has ${inUse}, and an agent that holds its key refuses a lower number: drop that key (kes agent drop-key) before this certificate is installed`,
  ];
}

/** Judges a counter: whether its next number is right, or the number before it, which was given and is not on chain. */
export function judgeCounter(path: string, known: KnownNumbers & { readonly next: bigint }): Check {
  const name = sourceName(path);
  const { next, inUse } = known;
  const { verdict, right, words } = judgeNewNumber(next, known);
  if (verdict === 'accepted') return { valid: true, words: `${name}: ${words}` };
  if (verdict === 'unknown') return besideCertificate(name, next, inUse);
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
function besideCertificate(name: string, next: bigint, inUse: bigint | undefined): Check {
  const words = `${name} gives ${next} next`;
  if (inUse === undefined) return { valid: true, words };
  if (next <= inUse) {
    return {
      valid: false,
      words: `${words}, and this certificate has ${inUse}: it is an old copy, unless the last number on chain is lower (--on-chain)`,
    };
  }
  const later = next - inUse - 1n;
  const given = later === 1n ? 'a later number was given' : `${later} later numbers were given`;
  return {
    valid: true,
    words: `${words}${later === 0n ? ', the number after this certificate' : `: ${given}`}`,
  };
}

function saysOnChain({ says = '', isStated = false }: KnownNumbers): string {
  return isStated ? '' : says;
}

function acceptedOn(onChain: LastOnChain): readonly bigint[] {
  return onChain === 'none' ? [0n, 1n] : [onChain, onChain + 1n];
}

/** A pool begins with 0. Where 1 was given without a block, it is used again: the counter stays. */
function rightOn(onChain: LastOnChain, next: bigint | undefined): bigint {
  if (onChain !== 'none') return onChain + 1n;
  return next === 2n ? 1n : 0n;
}

function lastInWords(onChain: LastOnChain): string {
  return onChain === 'none'
    ? 'no certificate of the pool is on chain'
    : `${onChain} is the last number on chain`;
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

function otherPoolsInWords(pools: readonly NamedPool[]): string | undefined {
  const named = pools.flatMap(({ name, coldVerificationKey }) =>
    coldVerificationKey === undefined ? [] : [{ name, key: coldVerificationKey }],
  );
  const [first, ...more] = named;
  const other = more.find(({ key }) => !sameBytes(key, first?.key ?? key));
  if (first === undefined || other === undefined) return undefined;
  const [one, two] = [first, other].map(({ name, key }) => `${name} is of ${poolIdOf(key).bech32}`);
  return `these files are of two pools: ${one ?? ''}, and ${two ?? ''}`;
}
