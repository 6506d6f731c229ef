/** Verdicts on the numbers of certificates and on counters, in words. */
import { checkOptions, wrongType } from '@evolock/direct-serialise/arguments';
import {
  checkFacts,
  numberVerdict,
  type NumberFacts,
  type NumberVerdict,
} from '../certificate/number.js';
import { checkUnsigned64 } from '../period/numbers.js';
import type { DescribedCheck } from './header.js';

/** Who says what is known. Each begins a sentence, like `the node says that `; empty when absent. */
export interface NumberSources {
  readonly onChain?: string | undefined;
  readonly inUse?: string | undefined;
}

const TONES = { accepted: 'good', refused: 'bad', unknown: 'note' } as const;

/**
 * The verdict on the number of a certificate, in words.
 *
 * @param number - The number that is judged.
 * @param facts - What is known, as `numberVerdict` takes it.
 * @param sources - Who says it.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`, `ERR_EVOLOCK_ARGUMENT_VALUE` or `ERR_EVOLOCK_ARGUMENT_NAME`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { describeNumber } from '@evolock/cardano-headers/words';
 *
 * const { tone, words } = describeNumber(9n, { onChain: 7n });
 * assert.equal(tone, 'bad');
 * assert.match(words, /refuses number 9: 7 is the last number on chain, and 7 or 8 is accepted/);
 * ```
 */
export function describeNumber(
  number: bigint,
  facts?: NumberFacts,
  sources?: NumberSources,
): DescribedCheck {
  const judged = checkUnsigned64('number', number);
  const known = checkFacts(facts);
  const says = checkSources(sources);
  const verdict = numberVerdict(judged, known);
  const inWords = verdict.verdict === 'unknown' ? unknownInWords : knownInWords;
  const words = inWords(judged, verdict, known, says);
  return { name: 'number', tone: TONES[verdict.verdict], words };
}

function checkSources(sources: NumberSources | undefined): NumberSources {
  const given = checkOptions(sources, ['onChain', 'inUse'], 'sources');
  for (const [name, value] of Object.entries(given))
    if (typeof value !== 'string') throw wrongType(`sources.${name}`, 'a string', value);
  return given;
}

function knownInWords(
  number: bigint,
  { reason, accepted: numbers }: NumberVerdict,
  { onChain = 'none', inUse }: NumberFacts,
  { onChain: says = '' }: NumberSources,
): string {
  const state =
    onChain === 'none'
      ? `${says}no certificate of the pool is on chain`
      : `${says}${onChain} is the last number on chain`;
  const accepted = numbers.join(' or ');
  if (reason === undefined) return `the network accepts number ${number}: ${state}`;
  if (reason === 'on-chain') return `${says}number ${number} is on chain already`;
  if (reason === 'other')
    return `the network refuses number ${number}: ${state}, and ${accepted} is accepted`;
  return `the network refuses number ${number} after a block with the certificate in use, which has ${inUse ?? ''}: ${state}, and ${accepted} is accepted before and after it`;
}

function unknownInWords(
  number: bigint,
  { isDoubtful }: NumberVerdict,
  { inUse }: NumberFacts,
  { inUse: says = '' }: NumberSources,
): string {
  const lasts = number === 0n ? '0' : `${number - 1n} or ${number}`;
  const none = number > 1n ? '' : ', or if no certificate is on chain';
  const beside =
    inUse === undefined
      ? ''
      : `; ${says}the certificate in use has ${inUse}, which need not be on chain`;
  const again =
    isDoubtful && number === inUse ? `the counter would give number ${number} again: ` : '';
  return `${again}the network accepts number ${number} only if ${lasts} is the last number on chain${none}, and that is unknown${beside}`;
}

/**
 * A counter beside a certificate, in words that follow its name: `gives 8 next, the number after this certificate`.
 *
 * @param next - The number that the counter gives next.
 * @param number - That of the certificate.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function describeCounter(next: bigint, number: bigint): DescribedCheck {
  const later = checkUnsigned64('next', next) - checkUnsigned64('number', number) - 1n;
  const name = 'counter';
  const words = `gives ${next} next`;
  if (later === 0n)
    return { name, tone: 'good', words: `${words}, the number after this certificate` };
  if (later < 0n) {
    const old = `${words}, and this certificate has ${number}: it is an old copy, unless the last number on chain is lower`;
    return { name, tone: 'bad', words: old };
  }
  const were = later === 1n ? 'a later number was' : `${later} later numbers were`;
  return { name, tone: 'note', words: `${words}: ${were} given` };
}
