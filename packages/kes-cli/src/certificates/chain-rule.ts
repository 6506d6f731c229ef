/**
 * The rule of the chain about the numbers of certificates. Since Babbage a network accepts the number of the pool's last
 * certificate on chain, or one more; a pool without one on chain counts as 0. A certificate is on chain from the first block
 * with it. The one in use need not be, and its first block may come at any moment: a number is accepted here only if the network
 * accepts it before that block and after it. Numbers and verdicts, without words.
 */
import type { LastOnChain } from '@evolock/cardano-kes';

/** What is known when a number is judged. Everything may be unknown. */
export interface ChainFacts {
  readonly onChain?: LastOnChain | undefined;
  /** The number of the certificate in use, which need not be on chain. */
  readonly inUse?: bigint | undefined;
  /** The number that the counter gives next. */
  readonly next?: bigint | undefined;
}

/**
 * Why a number is refused. `other`: it is neither the last number on chain nor one more. `overtaken`: the network accepts it, but
 * not after a block with the certificate in use. `on-chain`: of a new certificate, a number that is on chain is not used again.
 */
export type NumberRefusal = 'other' | 'overtaken' | 'on-chain';

export interface NumberVerdict {
  /** `unknown` when it is unknown what is on chain. */
  readonly verdict: 'accepted' | 'refused' | 'unknown';
  readonly reason?: NumberRefusal | undefined;
  /** Of an unknown verdict: the number is neither that of the certificate in use nor one more. */
  readonly isDoubtful: boolean;
  /** The number that the next certificate needs; absent while it is unknown what is on chain. */
  readonly right?: bigint | undefined;
}

function acceptedByNetwork(onChain: LastOnChain): readonly bigint[] {
  const last = onChain === 'none' ? 0n : onChain;
  return [last, last + 1n];
}

/** The numbers that the network accepts, and still accepts after a block with the certificate in use. */
export function acceptedNumbers(onChain: LastOnChain, inUse?: bigint): readonly bigint[] {
  const accepted = acceptedByNetwork(onChain);
  // A certificate in use that the network refuses makes no block.
  if (inUse === undefined || !accepted.includes(inUse)) return accepted;
  return accepted.filter((number) => number >= inUse);
}

/** The number that the next certificate needs. It stays accepted, whatever number is in use. */
export function nextNumber(onChain: LastOnChain): bigint {
  return onChain === 'none' ? 1n : onChain + 1n;
}

/** Judges the number of a certificate that exists. */
export function numberVerdict(number: bigint, { onChain, inUse }: ChainFacts): NumberVerdict {
  if (onChain === undefined) {
    const isDoubtful = inUse !== undefined && number !== inUse && number !== inUse + 1n;
    return { verdict: 'unknown', isDoubtful };
  }
  const right = nextNumber(onChain);
  if (acceptedNumbers(onChain, inUse).includes(number))
    return { verdict: 'accepted', isDoubtful: false, right };
  const reason = acceptedByNetwork(onChain).includes(number) ? 'overtaken' : 'other';
  return { verdict: 'refused', reason, isDoubtful: false, right };
}

/** Judges the number of a certificate that will be issued. A number that is on chain is not used again. */
export function newNumberVerdict(number: bigint, facts: ChainFacts): NumberVerdict {
  const verdict = numberVerdict(number, facts);
  const { onChain, inUse, next } = facts;
  if (number === onChain) return { ...verdict, verdict: 'refused', reason: 'on-chain' };
  // The counter would give the number in use again.
  if (onChain === undefined && number === inUse && number === next)
    return { ...verdict, isDoubtful: true };
  return verdict;
}

/** Whether a number on chain is above each of these: then a certificate is in use that is not among them. */
export function isAbove(onChain: LastOnChain, numbers: readonly bigint[]): boolean {
  return onChain !== 'none' && numbers.length > 0 && numbers.every((number) => onChain > number);
}

export interface Way {
  readonly number: bigint;
  /** The counter is set to it, or a reservation beside it is dropped; up by more than one and down it is forced. */
  readonly set?: 'set' | 'force';
  /** The last number that the counter gave is used again. */
  readonly reuses: boolean;
}

/** The way to a number. It ends in a certificate with exactly this number. */
export function wayTo(
  number: bigint,
  {
    next = number,
    isReserved = false,
  }: Pick<ChainFacts, 'next'> & { readonly isReserved?: boolean | undefined },
): Way {
  const way = { number, reuses: next === number + 1n };
  if (next === number) return isReserved ? { ...way, set: 'set' } : way;
  if (way.reuses) return way;
  return { ...way, set: number === next + 1n ? 'set' : 'force' };
}
