/**
 * The rule that a negative vector breaks. Many negatives break one rule: an implementation that lacks one check accepts all
 * of them, and its report has one cause.
 */

/** What the location of a case has before the reason of the vector. */
const PREFIX = /^(?:leaf|signature|verificationKey|Praos\w+ (?:refuses|accepts)): /;

/** Patterns of the reasons of the vectors, each with its rule. The first that matches counts. */
const RULES: readonly (readonly [pattern: RegExp, rule: string])[] = [
  [/stated|little endian/, 'another period stated than that of the key'],
  [/^period |^last period plus/, 'a period that does not exist'],
  [/^neighbouring period/, 'a signature of a neighbouring period'],
  [/^wrong half/, 'a signature of the other half of a level'],
  [/message/, 'another message'],
  [/small order/, 'a point of small order'],
  [/mixed order|torsion part/, 'a point with a torsion part'],
  [/not below L|highest bit/, 'a response that is not below the order of the group'],
  [/no point/, 'bytes that are no point'],
  [/^signature of (?:s|compactS)um|of the other algorithm/, 'bytes of another algorithm'],
  [/^tag /, 'a CBOR tag'],
  [/not the shortest/, 'a CBOR head that is not the shortest'],
  [/^indefinite/, 'an indefinite CBOR string'],
  [/^text string|^array|^reserved length/, 'another CBOR item'],
  [/^truncated|^extended|^signature (?:trunc|ext|empty|without)|^empty/, 'a wrong length'],
  [/one byte too|half as long|key truncated|^trailing|^no head|^nothing$/, 'a wrong length'],
  [/^byte changed|zeroed$|^leaf of|^nothing but|^verification keys of/, 'a tampered key'],
  [/swapped|outermost first/, 'verification keys in another order'],
  [/^verification key (?:with a bit|of|negated)/, 'another verification key'],
  [/flipped (?:in|behind)|sign of x|response of|all zeroes|announcement of/, 'changed bytes'],
];

/**
 * The rule that a negative vector breaks.
 *
 * @param entry - The reason of the vector, as in the location of its case.
 * @returns The rule; for a reason that the table does not have, the reason with `…` for numbers.
 *
 * @internal
 */
export function ruleOf(entry: string): string {
  const reason = entry.replace(PREFIX, '');
  return RULES.find(([pattern]) => pattern.test(reason))?.[1] ?? reason.replace(/\b\d+\b/g, '…');
}
