/** Verdicts on messages, for a person. */
import type { DmqFailureCode } from '@evolock/cardano-dmq';
import { hasDates } from '@evolock/cardano-kes';
import type { Style } from '../cli/style.js';
import { clockInWords, durationInWords } from '../network/clock.js';
import { networkInWords } from '../network/network.js';
import { messageFacts } from './facts.js';
import type { Judged } from './verify.js';

/** One line about a message. */
export function verdictLine({ name, verdict }: Judged, style: Style): string {
  const { message, valid, evolution } = verdict;
  const failures = verdict.failures.map((failure) => failure.message).join('; ');
  if (message === undefined) return `${style.warning('?')} ${name}  not a message: ${failures}`;
  if (!valid) return style.verdict(false, `${name}  NOT valid: ${failures}`);
  const place = `KES period ${message.period}, evolution ${evolution?.difference ?? ''}`;
  return style.verdict(true, `${name}  ${place}, ${message.poolId.bech32}`);
}

/** All checks of a message, and its content. */
export function verdictFacts(judged: Judged, style: Style): string[] {
  const { verdict, clock } = judged;
  if (verdict.message === undefined) return [];
  return [
    ...checksOf(judged).map(({ holds, words }) => `  ${style.verdict(holds, words)}`),
    '',
    ...style.facts([
      ['clock', clockInWords(clock)],
      ['network', networkInWords(verdict.parameters)],
      ...messageFacts(verdict.message),
    ]),
  ];
}

/** What no verdict is about. */
export function notCheckedLines(outOfScope: readonly string[], style: Style): string[] {
  if (outOfScope.length === 0) return [];
  const title = 'NOT checked, because it needs the state of the ledger or of a node:';
  return [
    '',
    ...[title, ...outOfScope.map((what) => `  ${what}`)].map((each) => style.faint(each)),
  ];
}

interface Check {
  readonly holds: boolean;
  readonly words: string;
}

function checksOf({ verdict, clock, lastNumber }: Judged): Check[] {
  const { message, evolution, kesSignature, failures } = verdict;
  if (message === undefined || evolution === undefined) return [];
  const check = (words: string, ...codes: readonly DmqFailureCode[]): Check => {
    const failure = failures.find(({ code }) => codes.includes(code));
    return { holds: failure === undefined, words: failure?.message ?? words };
  };
  const left = message.expiresAt * 1_000 - (clock.date?.getTime() ?? 0);
  const last = `0–${evolution.limit.evolutions - 1}`;
  return [
    check('the message id is the hash of the payload', 'message-id'),
    check(`it expires in ${durationInWords(left)}`, 'expired', 'expires-too-late'),
    ...(lastNumber === undefined
      ? []
      : [
          check(
            `the sequence number of the certificate is not below ${lastNumber}`,
            'sequence-number-fell',
          ),
        ]),
    check(
      'the certificate is signed by its cold key',
      'certificate-signature',
      'certificate-pre-launch-form',
    ),
    check(
      `evolution ${evolution.difference}, within ${last}, the limit of the ${evolution.limit.setBy}`,
      'certificate-starts-later',
      'certificate-expired',
      'evolution-beyond-algorithm',
    ),
    ...(hasDates(verdict.parameters)
      ? [check(`KES period ${message.period} is the current one`, 'kes-period')]
      : []),
    kesSignature === 'not-checked'
      ? { holds: false, words: 'KES signature: not checked, there is no such evolution' }
      : check('the payload is signed by the KES key of the certificate', 'kes-signature'),
  ];
}
