/** The number of a new certificate beside that of the certificate that it replaces. */
import { CommandError } from '../cli/errors.js';
import { printable } from '../cli/text.js';
import { CHAIN_RULE } from './chain-rule.js';

/** Refuses a counter that would give a number which is used already. */
export function refuseOldCounter(counter: string, next: bigint, used: bigint): void {
  if (next > used) return;
  throw new CommandError(
    'invalid',
    `${printable(counter)}: it would give ${next}, and the certificate in use has ${used}: it is an old copy. Set it with kes counter set --next ${used + 1n}`,
  );
}

/** Refuses a number to use again that is lower than the one in use. */
export function refuseLowerNumber(reused: bigint, used: bigint): void {
  if (reused >= used) return;
  throw new CommandError(
    'usage',
    `--reuse-number ${reused}: the certificate in use has ${used}, and no network accepts a lower number after it`,
  );
}

/** Warns of numbers that were left out between the two certificates. */
export function gapWarnings(number: bigint, used: bigint): string[] {
  if (number <= used + 1n) return [];
  return [
    `the certificate gets number ${number}, and the certificate in use has ${used}: ${CHAIN_RULE}. If ${used} is the last one on chain, issue again with ${used + 1n} (kes counter set --next ${used + 1n} --force)`,
  ];
}
