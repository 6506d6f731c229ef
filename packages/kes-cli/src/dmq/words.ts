/** Verdicts on messages, for a person. */
import type { DmqFailureCode } from '@evolock/cardano-dmq';
import { hasDates } from '@evolock/cardano-kes';
import type { Check, Fact, MarkedLine } from '../cli/answer.js';
import type { Style } from '../cli/style.js';
import { clockInWords, durationInWords } from '../network/clock.js';
import { networkInWords } from '../network/network.js';
import { messageFacts } from './facts.js';
import type { Judged } from './verify.js';

/** One line about a message. */
export function verdictLine({ name, verdict }: Judged): Check | MarkedLine {
  const { message, valid, evolution } = verdict;
  const failures = verdict.failures.map((failure) => failure.message).join('; ');
  if (message === undefined)
    return { mark: 'unknown', words: `${name}  not a message: ${failures}` };
  const place = `KES period ${message.period}, evolution ${evolution?.difference ?? ''}`;
  const words = valid ? `${place}, ${message.poolId.bech32}` : `NOT valid: ${failures}`;
  return { valid, words: `${name}  ${words}` };
}

/** The content of a message, and what it was compared with. */
export function verdictFacts({ verdict: { message, parameters }, clock }: Judged): Fact[] {
  if (message === undefined) return [];
  return [
    ['clock', clockInWords(clock)],
    ['network', networkInWords(parameters)],
    ...messageFacts(message),
  ];
}

/** What no verdict is about. */
export function notCheckedLines(outOfScope: readonly string[], style: Style): string[] {
  if (outOfScope.length === 0) return [];
  const title = 'NOT checked, because it needs the state of the ledger or of a node:';
  return [title, ...outOfScope.map((what) => `  ${what}`)].map((each) => style.faint(each));
}

/** All checks of a message. */
export function checksOf({ verdict, clock, lastNumber }: Judged): Check[] {
  const { message, evolution, kesSignature, failures } = verdict;
  if (message === undefined || evolution === undefined) return [];
  const check = (words: string, ...codes: readonly DmqFailureCode[]): Check => {
    const failure = failures.find(({ code }) => codes.includes(code));
    return { valid: failure === undefined, words: failure?.message ?? words };
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
      ? { valid: false, words: 'KES signature: not checked, there is no such evolution' }
      : check('the payload is signed by the KES key of the certificate', 'kes-signature'),
  ];
}
