/** Verdicts on headers in words. */
import { eras } from '../header/fields.js';
import type { HeaderVerdict } from '../header/verdict.js';
import { verdictJson, type VerdictJson } from '../json/header.js';

/** How a verdict or a check ended. `note`: neither good nor bad, such as what was not checked. */
export type Tone = 'good' | 'bad' | 'note';

/** One check in words. */
export interface DescribedCheck {
  readonly name: string;
  readonly tone: Tone;
  /** A phrase, without a capital letter and a full stop. */
  readonly words: string;
}

/** A verdict on a header or a certificate in words: plain data. All words are phrases, without a capital letter and a full stop. */
export interface VerdictDescription {
  readonly tone: Tone;
  /** The result in a few words. */
  readonly title: string;
  /** Why the result is not `valid`. */
  readonly reasons: readonly string[];
  /** Each check; none for what is not a header. */
  readonly checks: readonly DescribedCheck[];
  readonly notJudged: readonly string[];
}

/**
 * The verdict on a header, in words.
 *
 * @param verdict - A verdict of `verifyHeader`, or its JSON as `verdictJson` made it.
 * @throws `ArgumentError` `ERR_EVOLOCK_ARGUMENT_TYPE`.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { mainnet, verifyHeader } from '@evolock/cardano-headers';
 * import { describeVerdict } from '@evolock/cardano-headers/words';
 *
 * const { title, reasons } = describeVerdict(verifyHeader('820080', mainnet));
 * assert.equal(title, 'not a header');
 * assert.match(reasons.join('; '), /Byron/);
 * ```
 */
export function describeVerdict(verdict: HeaderVerdict | VerdictJson): VerdictDescription {
  const json = isJson(verdict) ? verdict : verdictJson(verdict);
  return {
    ...headline(json),
    reasons: json.reasons.map(({ message }) => message),
    checks: json.header === null ? [] : checksOf(json),
    notJudged: json.notJudged.map(({ message }) => message),
  };
}

function isJson(verdict: HeaderVerdict | VerdictJson): verdict is VerdictJson {
  return typeof verdict === 'object' && 'kind' in (verdict ?? {});
}

function headline({
  result,
  reasons,
  network,
}: VerdictJson): Pick<VerdictDescription, 'tone' | 'title'> {
  if (result === 'not-a-header') return { tone: 'bad', title: 'not a header' };
  if (result === 'valid') return { tone: 'good', title: 'valid: the pool signed this header' };
  if (result === 'later-era') return { tone: 'note', title: 'a header of a later era' };
  if (result === 'incomplete')
    return { tone: 'note', title: 'incomplete: by the clock, its slot is ahead' };
  if (reasons.every(({ code }) => code !== 'other-network'))
    return { tone: 'bad', title: 'not valid' };
  const title = `not a header of ${network.name}`;
  const isOnlyThis = reasons.every(({ code }) => code === 'other-network' || code === 'slot-ahead');
  return isOnlyThis ? { tone: 'note', title } : { tone: 'bad', title: `${title}, and not valid` };
}

const TONES = { good: 'good', bad: 'bad', 'not-checked': 'note' } as const;

/** The codes of the reasons against each part of a header. */
const REASONS = {
  certificate: /^certificate-(?:signature|pre-launch-form)$/,
  period: /^(?:certificate-(?:starts-later|expired)|evolution-beyond-algorithm)$/,
  signature: /^kes-signature$/,
  vrf: /^vrf-/,
  slot: /^slot-ahead$/,
  body: /^body-hash$/,
};

const BODIES = {
  good: 'it is the one whose hash is in the header',
  bad: 'it is another one',
  'not-checked': 'not checked: there is none, or its era builds the hash in another way',
};

function checksOf(verdict: VerdictJson): DescribedCheck[] {
  const { kesPeriod, evolution, certificateSignature, kesSignature, vrf, reasons } = verdict;
  const against = (part: keyof typeof REASONS) =>
    reasons.flatMap(({ code, message }) => (REASONS[part].test(code) ? [message] : [])).join('; ');
  const { blockBody: body } = verdict;
  const at = `KES period ${kesPeriod ?? ''}, evolution ${evolution?.value ?? ''}`;
  const unknownTime = verdict.notJudged.find(({ code }) => code === 'slot-time');
  const checks: DescribedCheck[] = [
    {
      name: 'certificate',
      tone: TONES[certificateSignature],
      words: against('certificate') || 'the cold key of the pool signed the certificate',
    },
    {
      name: 'period',
      tone: evolution?.state === 'valid' ? 'good' : 'bad',
      words: against('period') || `${at}, within ${limitInWords(evolution)}`,
    },
    {
      name: 'KES signature',
      tone: TONES[kesSignature],
      words:
        kesSignature === 'not-checked'
          ? `not checked: the key has no evolution ${evolution?.value ?? ''}`
          : against('signature') || `the hot key signed the header at ${at}`,
    },
    {
      name: 'VRF proof',
      tone: TONES[vrf],
      words:
        vrf === 'not-checked'
          ? 'not checked: it needs the nonce of the epoch'
          : against('vrf') ||
            'the proof belongs to the slot, to the nonce of the epoch and to the VRF key',
    },
    {
      name: 'slot',
      tone: unknownTime === undefined && against('slot') === '' ? 'good' : 'note',
      words:
        unknownTime === undefined
          ? against('slot') || 'by the clock, the slot has come'
          : unknownTime.message.replace(/^[^:]*/, 'not checked'),
    },
  ];
  if (body !== undefined)
    checks.push({ name: 'body', tone: TONES[body], words: against('body') || BODIES[body] });
  if (verdict.canonical === true) return checks;
  const words =
    'a node writes this header in other bytes, and the signature is over those: no signature covers the hash of these bytes';
  return [...checks, { name: 'encoding', tone: 'note', words }];
}

function limitInWords(evolution: VerdictJson['evolution']): string {
  if (evolution === null) return '';
  const { evolutions, setBy } = evolution.limit;
  return `0–${String(evolutions - 1)}, the limit of the ${setBy}`;
}

/** The name of the era of a block by its number: 7 is `Conway`. Another number gives its digits. */
export function eraName(era: number): string {
  return eras.get(era)?.name ?? String(era);
}
