/**
 * The rule of the chain about the numbers of certificates. Since Babbage a network accepts the number of the pool's last
 * certificate on chain, or one more; before, any number that is not lower. A pool without one on chain counts as 0. A
 * certificate is on chain from the first block with it. The one in use need not be, and its first block may come at any
 * moment: a number is accepted here only if the network accepts it before that block and after it. Numbers, without words.
 */
import {
  checkInteger,
  checkOptions,
  wrongType,
  wrongValue,
} from '@evolock/direct-serialise/arguments';
import { checkUnsigned64 } from '../period/numbers.js';

/** The number of the pool's last certificate on chain; `none` when no block of the pool is on chain. */
export type LastOnChain = bigint | 'none';

/** What is known when a number is judged. Everything may be unknown. */
export interface NumberFacts {
  readonly onChain?: LastOnChain | undefined;
  /** The number of the certificate in use, which need not be on chain. */
  readonly inUse?: bigint | undefined;
  /** The number that the counter gives next. */
  readonly next?: bigint | undefined;
  /** Whether the number before `next` is reserved for a certificate that does not exist. */
  readonly isReserved?: boolean | undefined;
  /** Whether the certificate will be issued: a number that is on chain is not used again. */
  readonly isNew?: boolean | undefined;
  /** The era of the block with the certificate, 2 for Shelley; the current one when absent. */
  readonly era?: number | undefined;
}

/**
 * Why a number is refused. `other`: it is neither the last number on chain nor one more. `overtaken`: the network accepts it, but
 * not after a block with the certificate in use. `on-chain`: of a new certificate, a number that is on chain is not used again.
 */
export type NumberRefusal = 'other' | 'overtaken' | 'on-chain';

/** How a counter comes to give a number. A certificate that is issued then has exactly this number. */
export interface CounterWay {
  readonly number: bigint;
  /** The counter is set to it, or a reservation beside it is dropped; up by more than one and down it is forced. */
  readonly set?: 'set' | 'force';
  /** The last number that the counter gave is used again. */
  readonly reuses: boolean;
}

/** The verdict on the number of a certificate. */
export interface NumberVerdict {
  /** `unknown` when it is unknown what is on chain. */
  readonly verdict: 'accepted' | 'refused' | 'unknown';
  readonly reason?: NumberRefusal | undefined;
  /** Of an unknown verdict: the number is neither that of the certificate in use nor one more, or would be given again. */
  readonly isDoubtful: boolean;
  /** The numbers that the network accepts now, and still accepts after a block with the certificate in use. */
  readonly accepted: readonly bigint[];
  /** The number that the next certificate needs; absent while it is unknown what is on chain. It stays accepted. */
  readonly right?: bigint | undefined;
  /** How the counter comes to give that number. */
  readonly way?: CounterWay | undefined;
  /** Whether the counter gave the judged number: as its `last` one, `earlier`, or `not-yet`; absent without a counter. */
  readonly given?: 'last' | 'earlier' | 'not-yet' | undefined;
}

const factNames = ['onChain', 'inUse', 'next', 'isReserved', 'isNew', 'era'] as const;

/**
 * Judges the number of a certificate: one that exists, or with `isNew` one that will be issued.
 *
 * @param number - Unsigned, 64 bits.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE` or `ERR_EVOLOCK_ARGUMENT_NAME`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { numberVerdict } from '@evolock/cardano-headers/certificates';
 *
 * const { verdict, right } = numberVerdict(9n, { onChain: 7n });
 * assert.deepEqual([verdict, right], ['refused', 8n]);
 * ```
 */
export function numberVerdict(number: bigint, facts?: NumberFacts): NumberVerdict {
  const judged = checkUnsigned64('number', number);
  const known = checkFacts(facts);
  const { next } = known;
  const given = next === undefined ? {} : { given: givenBy(next, judged) };
  if (known.onChain === undefined)
    return { verdict: 'unknown', isDoubtful: isDoubtful(judged, known), accepted: [], ...given };
  const { onChain } = known;
  const right = onChain === 'none' ? 1n : onChain + 1n;
  const reason = refusalOf(judged, onChain, known);
  return {
    verdict: reason === undefined ? 'accepted' : 'refused',
    reason,
    isDoubtful: false,
    accepted: acceptedBeside(onChain, known.inUse),
    right,
    way: wayTo(right, known),
    ...given,
  };
}

/** The number of an era is one byte in the files of a node. */
const MOST_ERAS = 255;

/** Checks what is known. */
export function checkFacts(facts: NumberFacts | undefined): NumberFacts {
  const known = checkOptions(facts, factNames);
  const numberOf = (name: 'inUse' | 'next') => {
    const value = known[name];
    return value === undefined ? undefined : checkUnsigned64(`facts.${name}`, value);
  };
  for (const name of ['isReserved', 'isNew'] as const)
    if (known[name] !== undefined && typeof known[name] !== 'boolean')
      throw wrongType(`facts.${name}`, 'a boolean', known[name]);
  return {
    ...known,
    era: known.era === undefined ? undefined : checkInteger('facts.era', known.era, 0, MOST_ERAS),
    onChain: known.onChain === undefined ? undefined : checkOnChain(known.onChain),
    inUse: numberOf('inUse'),
    next: numberOf('next'),
  };
}

/** Checks the number of the last certificate on chain. */
export function checkOnChain(value: unknown): LastOnChain {
  if (value === 'none') return value;
  if (typeof value === 'bigint' || typeof value === 'number')
    return checkUnsigned64('onChain', value);
  const expected = "a bigint from 0 to 2^64 - 1, or 'none'";
  if (typeof value === 'string') throw wrongValue('onChain', expected, 'another text');
  throw wrongType('onChain', expected, value);
}

/** The first era whose nodes refuse a certificate number that leaves one out. */
const BABBAGE = 6;

function acceptedByNetwork(onChain: LastOnChain): readonly bigint[] {
  const last = onChain === 'none' ? 0n : onChain;
  return [last, last + 1n];
}

function acceptedBeside(onChain: LastOnChain, inUse: bigint | undefined): readonly bigint[] {
  const accepted = acceptedByNetwork(onChain);
  // A certificate in use that the network refuses makes no block.
  if (inUse === undefined || !accepted.includes(inUse)) return accepted;
  return accepted.filter((number) => number >= inUse);
}

function refusalOf(
  number: bigint,
  onChain: LastOnChain,
  { inUse, isNew = false, era = BABBAGE }: NumberFacts,
): NumberRefusal | undefined {
  if (isNew && number === onChain) return 'on-chain';
  const accepted = acceptedByNetwork(onChain);
  const isSkipping = era < BABBAGE && number > (accepted[1] ?? 0n);
  if (!accepted.includes(number) && !isSkipping) return 'other';
  return isSkipping || acceptedBeside(onChain, inUse).includes(number) ? undefined : 'overtaken';
}

function isDoubtful(number: bigint, { inUse, next, isNew = false }: NumberFacts): boolean {
  if (inUse === undefined || number === inUse + 1n) return false;
  // The counter would give the number in use again.
  return number !== inUse || (isNew && number === next);
}

function givenBy(next: bigint, number: bigint): NumberVerdict['given'] {
  if (next <= number) return 'not-yet';
  return next === number + 1n ? 'last' : 'earlier';
}

function wayTo(number: bigint, { next = number, isReserved = false }: NumberFacts): CounterWay {
  const way = { number, reuses: next === number + 1n };
  if (next === number) return isReserved ? { ...way, set: 'set' } : way;
  if (way.reuses) return way;
  return { ...way, set: number === next + 1n ? 'set' : 'force' };
}
