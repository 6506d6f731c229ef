/**
 * The verdict on the number of a certificate or a counter, in words, and the commands that lead to a number that the network
 * accepts.
 */
import { basename } from 'node:path';
import { hexOf, type IssuedCertificate, poolIdOf } from '@evolock/cardano-headers';
import {
  numberVerdict,
  type NumberVerdict,
  type CounterWay,
} from '@evolock/cardano-headers/certificates';
import { describeCounter, describeNumber } from '@evolock/cardano-headers/words';
import { sameBytes } from '@evolock/direct-serialise/arguments';
import type { Check } from '@evolock/command-line/answer';
import { invalid } from '@evolock/command-line/errors';
import { printable, shellWord, sourceName, STDIN } from '@evolock/command-line/text';
import { type OnChain, STATE_ON_CHAIN } from './on-chain.js';

export const CHAIN_RULE =
  'a network accepts the number of the last certificate on chain, or one more, and no other';

/** What is known when a number is judged. Everything may be unknown. */
export interface KnownNumbers {
  readonly onChain?: OnChain | undefined;
  /** That of the certificate in use, which need not be on chain. */
  readonly inUse?: bigint | undefined;
  readonly next?: bigint | undefined;
  /** Whether the number before it is reserved for a certificate that is not in its file. */
  readonly isReserved?: boolean | undefined;
  /** Begins a sentence with a number that this machine does not know by itself: `the request says that `. */
  readonly says?: string | undefined;
  /** The sources of these numbers, which have to be of one pool. Their names are safe to print. */
  readonly pools?: readonly NamedPool[] | undefined;
}

interface NamedPool {
  readonly name: string;
  readonly coldVerificationKey?: Uint8Array | undefined;
}

/** A verdict in words. It has no right number when the files are of two pools. */
export interface NumberJudgement extends NumberVerdict {
  readonly words: string;
}

/** Judges the number of a certificate that exists. */
export function judgeNumber(number: bigint, known: KnownNumbers): NumberJudgement {
  return judged(number, known, false);
}

/** Judges the number of a certificate that will be issued. */
export function judgeNewNumber(number: bigint, known: KnownNumbers): NumberJudgement {
  return judged(number, known, true);
}

function judged(number: bigint, known: KnownNumbers, isNew: boolean): NumberJudgement {
  const others = otherPoolsInWords(known);
  if (others !== undefined)
    return { verdict: 'refused', isDoubtful: false, accepted: [], words: others };
  const { onChain, inUse, next, isReserved, says } = known;
  const facts = { onChain: onChain?.last, inUse, next, isReserved, isNew };
  const verdict = numberVerdict(number, facts);
  const sources = { onChain: onChain?.says, inUse: says };
  return { ...verdict, words: describeNumber(number, facts, sources).words };
}

function otherPoolsInWords({ pools = [] }: KnownNumbers): string | undefined {
  const named = pools.flatMap(({ name, coldVerificationKey: key }) =>
    key === undefined ? [] : [{ name, key }],
  );
  const [first] = named;
  const other = named.find(({ key }) => first !== undefined && !sameBytes(key, first.key));
  if (first === undefined || other === undefined) return undefined;
  const [one, two] = [first, other].map(({ name, key }) => `${name} is of ${poolIdOf(key)}`);
  return `these files are of two pools: ${one ?? ''}, and ${two ?? ''}`;
}

/** The command that brings a counter to the number of a way; `undefined` when it is there, or is standard input. */
function counterCommandOf({ set, number }: CounterWay, counter: string): string | undefined {
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
  const { verdict, way, isDoubtful, words } = judgeNewNumber(number, known);
  const { inUse, says = '', onChain } = known;
  if (verdict !== 'refused' && !isDoubtful) {
    const isSilent = verdict === 'accepted' || inUse === undefined;
    const isLower = inUse !== undefined && number < inUse;
    const lower = `${says}the certificate in use has ${inUse ?? ''}, and an agent that holds its key refuses a lower number: drop that key (kes agent drop-key --control with the socket of the agent) before this certificate is installed`;
    return [...(isSilent ? [] : [words]), ...(isLower ? [lower] : [])];
  }
  const wayOut = () => {
    if (verdict === 'refused' && way === undefined) return 'Give files of one pool';
    // No command contains a number that this machine does not know by itself.
    if (way === undefined || onChain?.isFromElsewhere === true) return STATE_ON_CHAIN;
    const set = counterCommandOf(way, counter);
    const issue = `${line}${way.reuses ? ` --reuse-number ${way.number}` : ''}`;
    return `Issue with ${way.number}: ${set === undefined ? '' : `${set}; then issue again: `}${issue}`;
  };
  throw invalid(`${printable(counter)}: ${words}. ${wayOut()}`);
}

/** Judges a counter: whether its next number is right, or the number before it, which was given and is not on chain. */
export function judgeCounter(path: string, known: KnownNumbers & { readonly next: bigint }): Check {
  const name = sourceName(path);
  const { next, inUse } = known;
  const { verdict, way, words } = judgeNewNumber(next, known);
  if (verdict === 'accepted') return { valid: true, words: `${name}: ${words}` };
  if (verdict === 'unknown') return besideCertificate(name, next, inUse);
  if (way === undefined) return { valid: false, words };
  const { number: right } = way;
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
  if (inUse === undefined) return { valid: true, words: `${name} gives ${next} next` };
  const { tone, words } = describeCounter(next, inUse);
  const way = tone === 'bad' ? ' (--on-chain)' : '';
  return { valid: tone !== 'bad', words: `${name} ${words}${way}` };
}

export interface IssuingAgain {
  readonly file: Pick<IssuedCertificate, 'certificate'>;
  readonly out: string;
  /** The options of the network; `undefined` when they are unknown. */
  readonly network: string | undefined;
  readonly onChain: OnChain | undefined;
  readonly cold?: { readonly coldSkey: string; readonly counter: string } | undefined;
}

export function numberChecks(
  { verdict, right, words }: NumberJudgement,
  again: IssuingAgain,
): Check[] {
  if (verdict === 'unknown') return [];
  if (verdict === 'accepted') return [{ valid: true, words }];
  if (right === undefined) return [{ valid: false, words }];
  const wayOut = againInWords(right, again);
  const { asking } = again.onChain ?? {};
  // The answer of the node may be before a block with the number before this one: it is asked again.
  const mayBeOld = asking !== undefined && again.file.certificate.sequenceNumber === right + 1n;
  const next = mayBeOld ? `${asking}. If it is refused again, issue` : 'Issue';
  return [{ valid: false, words: `${words}. ${next} ${wayOut}` }];
}

/** A refused certificate is issued again for the same key: that command shows the steps to the right number by its counter. */
function againInWords(right: bigint, { file, out, network, onChain, cold }: IssuingAgain): string {
  const again = `it again with number ${right}`;
  if (network === undefined) return again;
  const { hotVerificationKey, startPeriod } = file.certificate;
  const subject = `--kes-vkey ${hexOf(hotVerificationKey)} --start-period ${startPeriod} ${network}`;
  const { coldSkey, counter } = cold ?? { coldSkey: 'cold.skey', counter: 'cold.counter' };
  // On another machine it is in the folder of the person who runs it.
  const made = cold === undefined ? basename(out) : out;
  const files = `--cold-skey ${shellWord(coldSkey)} --counter ${shellWord(counter)} --out ${shellWord(made)} --force`;
  const where = cold === undefined ? 'on the machine with the cold key, ' : '';
  const run = `kes opcert issue ${subject} ${files} --on-chain ${onChain?.last ?? 'none'}`;
  return `${again}: ${where}run: ${run}; then run this command again with that certificate`;
}
