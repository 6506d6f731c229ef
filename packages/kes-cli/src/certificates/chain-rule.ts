/**
 * The rule of the chain about the numbers of certificates: since Babbage a network accepts the number of the pool's last
 * certificate on chain, or one more. A pool without a certificate on chain begins with 0 or 1.
 */
import { InvalidArgumentError, type Command } from 'commander';
import { wholeNumber64 } from '../cli/option-values.js';
import type { Judgement } from './certificate.js';

/** The number of the pool's last certificate on chain; `none` before its first block. */
export type LastOnChain = bigint | 'none';

/** The rule for a person. */
export const CHAIN_RULE =
  'a network accepts the number of the last certificate on chain, or one more, and no other';

/** The option that states the last number on chain. */
export interface OnChainOptions {
  readonly onChain?: LastOnChain;
}

/** Adds the option that states the last number on chain. */
export function withOnChainOption(command: Command): Command {
  return command.option(
    '--on-chain <number>',
    "the number of the pool's last certificate on chain, or none (cardano-cli query kes-period-info shows it)",
    lastOnChain,
  );
}

function lastOnChain(text: string): LastOnChain {
  if (text === 'none') return 'none';
  try {
    return wholeNumber64(text);
  } catch {
    throw new InvalidArgumentError('It is not a whole number below 2^64, and not none.');
  }
}

/** The numbers that a network accepts. */
function rangeOf(last: LastOnChain): readonly [lowest: bigint, highest: bigint] {
  return last === 'none' ? [0n, 1n] : [last, last + 1n];
}

function lastInWords(last: LastOnChain): string {
  return last === 'none' ? 'no certificate is on chain' : `${last} is the last number on chain`;
}

/** Whether a network accepts a certificate of this number. */
export function judgeNumberOnChain(number: bigint, last: LastOnChain): Judgement {
  const [lowest, highest] = rangeOf(last);
  const place = `${lastInWords(last)}, and ${number}, that of this certificate, is`;
  if (number < lowest) {
    return { valid: false, words: `${place} lower: the network refuses it; issue a new one` };
  }
  if (number > highest) {
    return {
      valid: false,
      words: `${place} too high: the network refuses it until a block with ${number - 1n} is on chain; issue a certificate with ${highest}`,
    };
  }
  return { valid: true, words: `${place} accepted` };
}

/** Whether a network accepts a certificate of the next number of a counter, and what to do if it does not. */
export function judgeCounterOnChain(next: bigint, last: LastOnChain): Judgement {
  const [, highest] = rangeOf(last);
  const place = `${lastInWords(last)}, and ${next}, the next number of the counter, is`;
  const isNew = last === 'none' ? next <= highest : next === highest;
  if (isNew) return { valid: true, words: `${place} accepted` };
  if (next === highest + 1n) {
    return {
      valid: true,
      words: `${lastInWords(last)}, and ${highest} was given and is not on chain yet: until a block with it is, issue again with it (kes opcert issue --reuse-number ${highest})`,
    };
  }
  const wrong = next > highest ? 'too high: numbers were left out' : 'used already';
  const force = next > highest ? ' --force' : '';
  return {
    valid: false,
    words: `${place} ${wrong}; set it with kes counter set --next ${highest}${force}`,
  };
}
