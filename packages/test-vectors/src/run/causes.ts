/**
 * Failures by their causes. Many negatives break one rule: an implementation that lacks one check accepts all of them, and
 * its report has one cause.
 */
import type { ConformanceCase, ConformanceGroup } from '../cases/case.js';
import type { ConformanceError, ConformanceErrorCode, VectorLocation } from '../errors.js';

/** What the location of a case has before the reason of the vector. */
const PREFIX = /^(?:leaf|Praos\w+ (?:refuses|accepts)): /;

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
  [
    /^truncated|^extended|^signature (?:trunc|ext|empty|without)|^empty|key truncated/,
    'a wrong length',
  ],
  [/^byte changed|zeroed$|^leaf of|^nothing but|^verification keys of/, 'a tampered key'],
  [/swapped|outermost first/, 'verification keys in another order'],
  [/^verification key (?:with a bit|of|negated)/, 'another verification key'],
  [/flipped (?:in|behind)|sign of x|response of|all zeroes|announcement of/, 'changed bytes'],
];

/** The rule that a negative vector breaks; for a reason that the table does not have, the reason with `…` for numbers. */
export function ruleOf(entry: string): string {
  const reason = entry.replace(PREFIX, '');
  return RULES.find(([pattern]) => pattern.test(reason))?.[1] ?? reason.replace(/\b\d+\b/g, '…');
}

/** A case that failed. */
export interface ConformanceFailure extends Pick<ConformanceCase, 'group' | 'name'> {
  readonly error: ConformanceError;
}

/** The cases of one group that failed by one cause. */
export interface ConformanceCauseGroup {
  readonly group: ConformanceGroup;
  /** How many of its cases failed by this cause. */
  readonly failed: number;
  /** How many of its cases could have: those that break the same rule, or all. */
  readonly of: number;
}

/** Failures that differ only in their place, such as one missing check that many cases find. */
export interface ConformanceCause {
  /** The code of every failure. */
  readonly code: ConformanceErrorCode;
  /** What went wrong, in words. A number that differs between the failures is `…`. */
  readonly what: string;
  readonly failed: number;
  readonly groups: readonly ConformanceCauseGroup[];
  /** The algorithms and depths of the failures, such as `sum depths 0 to 7`. Empty outside of key evolving signatures. */
  readonly algorithms: readonly string[];
  /** The first failure. */
  readonly first: ConformanceFailure;
}

type Case = Pick<ConformanceCase, 'group' | 'name' | 'location'>;

/** The rule that something broke and was accepted all the same. */
function brokenRule({ code, location: { entry } }: ConformanceError): string | undefined {
  const isAccepted =
    code === 'ERR_EVOLOCK_INVALID_ACCEPTED' || code === 'ERR_EVOLOCK_MALFORMED_ACCEPTED';
  return isAccepted && entry !== undefined ? ruleOf(entry) : undefined;
}

/** What went wrong, without the bytes or numbers that were expected. */
function whatOf(error: ConformanceError): string {
  const rule = brokenRule(error);
  if (rule !== undefined) return `${error.difference} despite ${rule}`;
  return error.difference.replace(/: expected .*$/s, '');
}

/** The same text for failures that differ in numbers and bytes only. */
function withoutNumbers(what: string): string {
  return what.replace(/\b(?:[0-9a-f]{8,}|\d+)\b/g, '…');
}

/** Depths in words: `depth 3`, `depths 0 to 7`, `depths 1, 3`. */
function depthsInWords(depths: readonly number[]): string {
  const [first = 0] = depths;
  const last = depths.at(-1) ?? first;
  if (depths.length === 1) return `depth ${first}`;
  const isRange = depths.length > 2 && last - first + 1 === depths.length;
  return `depths ${isRange ? `${first} to ${last}` : depths.join(', ')}`;
}

function algorithmsOf(locations: readonly VectorLocation[]): string[] {
  const found = new Map<string, Set<number>>();
  for (const { algorithm, depth } of locations) {
    if (algorithm === undefined || depth === undefined) continue;
    found.set(algorithm, (found.get(algorithm) ?? new Set()).add(depth));
  }
  return Array.from(found, ([algorithm, depths]) => {
    return `${algorithm} ${depthsInWords([...depths].sort((a, b) => a - b))}`;
  });
}

/** Whether a case could fail by accepting what breaks a rule. A case without an entry tries several things. */
function tries(rule: string, { name, location: { entry } }: Case): boolean {
  return entry === undefined || (ruleOf(entry) === rule && !/\baccepts: /.test(name));
}

/** How many cases of a group could fail by a cause. */
function candidates(cases: readonly Case[], group: ConformanceGroup, rule: string | undefined) {
  return cases.filter((one) => one.group === group && (rule === undefined || tries(rule, one)))
    .length;
}

function causeOf(
  failures: readonly [ConformanceFailure, ...ConformanceFailure[]],
  cases: readonly Case[],
): ConformanceCause {
  const [first] = failures;
  const what = whatOf(first.error);
  const isSame = failures.every(({ error }) => whatOf(error) === what);
  const rule = brokenRule(first.error);
  const counts = new Map<ConformanceGroup, number>();
  for (const { group } of failures) counts.set(group, (counts.get(group) ?? 0) + 1);
  return {
    code: first.error.code,
    what: isSame ? what : withoutNumbers(what),
    failed: failures.length,
    groups: Array.from(counts, ([group, failed]) => ({
      group,
      failed,
      of: candidates(cases, group, rule),
    })),
    algorithms: algorithmsOf(failures.map(({ error }) => error.location)),
    first,
  };
}

/** Groups the failures of a run by cause, in the order of the first failure of each. */
export function causesOf(
  failures: readonly ConformanceFailure[],
  cases: readonly Case[],
): ConformanceCause[] {
  const found = new Map<string, [ConformanceFailure, ...ConformanceFailure[]]>();
  for (const failure of failures) {
    const key = `${failure.error.code} ${withoutNumbers(whatOf(failure.error))}`;
    const others = found.get(key);
    if (others === undefined) found.set(key, [failure]);
    else others.push(failure);
  }
  return [...found.values()].map((each) => causeOf(each, cases));
}

/** A cause as lines to print. */
export function describeCause({ code, what, failed, groups, algorithms, first }: ConformanceCause) {
  const places = groups.map(({ group, failed: some, of }) =>
    some === of ? `${group} (all ${of})` : `${group} (${some} of ${of})`,
  );
  return [
    `failed: ${what} (${code})`,
    `  ${failed === 1 ? '1 case' : `${failed} cases`}: ${places.join(', ')}`,
    ...(algorithms.length === 0 ? [] : [`  ${algorithms.join(', ')}`]),
    `  first: ${first.error.message}`,
  ].join('\n');
}
