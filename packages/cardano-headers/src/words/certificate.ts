/** Verdicts on certificates in words. */
import { checkCertificateVerdict, type CertificateVerdict } from '../certificate/certificate.js';
import { checkLife, type CertificateLife } from '../certificate/life.js';
import { certificateReasons, notJudgedOfCertificate } from '../json/certificate.js';
import type { DescribedCheck, VerdictDescription } from './header.js';

/**
 * The verdict on a certificate, in words.
 *
 * @param verdict - A verdict of `certificateVerdict`.
 * @param life - Where a moment lies in its life, of `certificateLife`; when absent, it is not judged.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { describeCertificate } from '@evolock/cardano-headers/words';
 *
 * assert.equal(describeCertificate({ result: 'valid', valid: true }).title, 'signed by its cold key');
 * ```
 */
export function describeCertificate(
  verdict: CertificateVerdict,
  life?: CertificateLife,
): VerdictDescription {
  const signature = describeSignature(verdict);
  const lived = life === undefined ? undefined : describeLife(life);
  const signed = signature.words;
  return {
    tone: verdict.valid ? (lived?.tone ?? 'note') : 'bad',
    title: !verdict.valid
      ? 'not valid'
      : life === undefined || lived === undefined
        ? signed
        : `${signed}; ${lived.when}, if it is for ${life.parameters.name}`,
    reasons: certificateReasons(verdict, life).map(({ message }) => message),
    checks: [
      signature,
      ...(lived === undefined ? [] : [{ name: 'life', tone: lived.tone, words: lived.words }]),
    ],
    notJudged: notJudgedOfCertificate(life).map(({ message }) => message),
  };
}

/**
 * The signature of a certificate in words, with the way out where there is one.
 *
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function describeSignature(verdict: CertificateVerdict): DescribedCheck {
  const name = 'signature';
  const judged = checkCertificateVerdict(verdict);
  if (judged.valid) return { name, tone: 'good', words: 'signed by its cold key' };
  const { reason, message } = judged;
  const way = reason === 'pre-launch-form' ? ': issue the certificate again' : '';
  return { name, tone: 'bad', words: `${message}${way}` };
}

/** The life of a certificate in words. All of them are phrases, without a capital letter and a full stop. */
export interface LifeDescription {
  /** `note` before its start and after its end: a certificate does not name its network. */
  readonly tone: 'good' | 'note';
  /** When it starts or ended, or that it is valid. */
  readonly when: string;
  /** The same with its date and the way out. */
  readonly words: string;
  /** How much of it is over. */
  readonly over: string;
  /** How much of it is left, and when it ends. */
  readonly left: string;
}

/**
 * The life of a certificate at a moment, in words.
 *
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE` or `ERR_EVOLOCK_ARGUMENT_VALUE`.
 */
export function describeLife(given: CertificateLife): LifeDescription {
  const life = checkLife(given);
  const when = whenInWords(life);
  return {
    tone: life.evolution.state === 'valid' ? 'good' : 'note',
    when,
    words: wayOutOf(life, when),
    over: overInWords(life),
    left: leftInWords(life),
  };
}

function whenInWords({ evolution, remainingPeriods }: CertificateLife): string {
  const { state, difference, limit } = evolution;
  if (state === 'valid') return 'valid at this KES period';
  if (state === 'not-yet')
    return remainingPeriods === 0 ? 'never starts' : `starts in ${inPeriods(-difference)}`;
  const since = difference - BigInt(limit.evolutions);
  return since === 0n ? 'ended with the last KES period' : `ended ${inPeriods(since)} ago`;
}

function wayOutOf({ evolution, expiry, remainingPeriods }: CertificateLife, when: string): string {
  if (evolution.state === 'valid') return when;
  if (evolution.state === 'not-yet')
    return remainingPeriods === 0 ? `it ${when}: its start period has no slots` : `it ${when}`;
  return `it ${when}${dateInWords(expiry)}: issue a new one`;
}

function overInWords({ evolution: { difference, limit } }: CertificateLife): string {
  const all = BigInt(limit.evolutions);
  const over = difference < 0n ? 0n : difference < all ? difference : all;
  return `${over} of ${inPeriods(all)}`;
}

function leftInWords(life: CertificateLife): string {
  const { slot, evolution, expiry, remainingPeriods, remainingDays: days } = life;
  const isLater = evolution.state === 'not-yet';
  if (evolution.state === 'expired' || (isLater && remainingPeriods === 0)) return 'none';
  const count = inPeriods(BigInt(remainingPeriods));
  const periods = isLater ? `all ${count}` : `${count} after this one`;
  if (expiry.slot === undefined) return periods;
  const distance =
    days === undefined ? counted(expiry.slot - slot, 'slot') : `${days.toFixed(1)} days`;
  return `${periods}; it ends in ${distance}: slot ${expiry.slot}${dateInWords(expiry)}`;
}

function dateInWords({ date }: CertificateLife['expiry']): string {
  return date === undefined ? '' : `, ${date.toISOString().replace(/\.\d{3}Z$/, 'Z')}`;
}

function counted(count: bigint, noun: string): string {
  return count === 1n ? `1 ${noun}` : `${count} ${noun}s`;
}

function inPeriods(count: bigint): string {
  return counted(count, 'KES period');
}
