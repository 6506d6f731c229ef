/**
 * All cases of an implementation, how much of the vectors they are, and a whole run, with its failures by their causes. Many
 * negatives break one rule: an implementation that lacks one check accepts all of them, and its report has one cause.
 */
import { checkInteger, checkOptions } from '@evolock/direct-serialise/arguments';
import { asConformanceError, type ConformanceCase, type ConformanceGroup } from './cases/case.js';
import { headerCases } from './cases/header.js';
import { kesCases } from './cases/kes.js';
import { primitiveCases } from './cases/primitives.js';
import { sealedLogCases } from './cases/sealed-log.js';
import type { ConformanceError, ConformanceErrorCode, VectorLocation } from './errors.js';
import {
  checkImplementation,
  type Implementation,
  type KesImplementation,
} from './implementation.js';
import { behavesLike, type WrongImplementation } from './likeness.js';
import { ruleOf } from './rules.js';
import { kesSignatureVectors, VRF_ALGORITHMS } from './vectors.js';

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
  readonly code: ConformanceErrorCode;
  /** What went wrong, in words. A number that differs between the failures is `…`. */
  readonly what: string;
  readonly failed: number;
  readonly groups: readonly ConformanceCauseGroup[];
  /** The algorithms and depths of the failures, such as `sum depths 0 to 7`. Empty outside of key evolving signatures. */
  readonly algorithms: readonly string[];
  readonly first: ConformanceFailure;
}

type Case = Pick<ConformanceCase, 'group' | 'name' | 'location'>;

/** Failures that are about the rule of a case: it was broken and accepted all the same, or its verdict is another one. */
const ABOUT_RULES: readonly ConformanceErrorCode[] = [
  'ERR_EVOLOCK_INVALID_ACCEPTED',
  'ERR_EVOLOCK_MALFORMED_ACCEPTED',
  'ERR_EVOLOCK_VERDICT_MISMATCH',
];

/** The rule that a failure is about. */
function brokenRule({ code, location }: ConformanceError): string | undefined {
  return ABOUT_RULES.includes(code) ? ruleOf(location) : undefined;
}

/** What went wrong, without the bytes or numbers that were expected. Failures with the same are one cause. */
function whatOf(error: ConformanceError): string {
  const rule = brokenRule(error);
  if (rule === undefined) return error.difference.replace(/: expected .*$/s, '');
  if (error.code === 'ERR_EVOLOCK_VERDICT_MISMATCH') return `the verdict differs: ${rule}`;
  return `${error.difference} despite ${rule}`;
}

/** The groups whose verdicts have many members: there each case is told from the others. */
const TOLD_BY_CASE: readonly ConformanceGroup[] = [
  'header verdict',
  'sealed log verdict',
  'sealed log proof',
];

/** What failed, as wrong implementations state it: causes without numbers, and cases of headers and sealed logs. */
export function findingsOf({ failures }: Pick<ConformanceReport, 'failures'>): string[] {
  const findings = failures.map(({ group, name, error }) =>
    TOLD_BY_CASE.includes(group)
      ? `${group}: ${name}`
      : `${error.code}: ${withoutNumbers(whatOf(error))}`,
  );
  return [...new Set(findings)];
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
function tries(rule: string, { name, location }: Case): boolean {
  const own = ruleOf(location);
  return own === undefined || (own === rule && !/\baccepts: /.test(name));
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
function causesOf(
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

function describeCause({ code, what, failed, groups, algorithms, first }: ConformanceCause) {
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

/** The groups that need no key: all that an implementation has that only verifies. */
const VERIFYING: ReadonlySet<ConformanceGroup> = new Set<ConformanceGroup>([
  'ed25519 verification',
  'vrf verification',
  'kes verification',
  'kes negative',
  'header verdict',
  'sealed log verdict',
  'sealed log proof',
]);

/**
 * All cases of the vectors of this package for an implementation, for any test framework. Nothing has run yet. A part that
 * the implementation does not offer has no cases: `coverage` lists these parts.
 */
export function conformanceCases(implementation: Implementation): ConformanceCase[] {
  checkImplementation(implementation);
  const { headers, sealedLogs } = implementation;
  const all = [
    ...primitiveCases(implementation),
    ...kesCases(implementation),
    ...(headers === undefined ? [] : headerCases(headers)),
    ...(sealedLogs === undefined ? [] : sealedLogCases(sealedLogs)),
  ];
  if (implementation.verifiesOnly !== true) return all;
  return all.filter(({ group }) => VERIFYING.has(group));
}

/** How much of the vectors applies to an implementation. */
export interface Coverage {
  readonly total: number;
  /** The number of cases in each group, without the empty groups. */
  readonly groups: ReadonlyMap<ConformanceGroup, number>;
  /** What the vectors have and the implementation does not offer, such as `sum depth 7`. */
  readonly notOffered: readonly string[];
  /**
   * Optional parts that it does not offer for any algorithm (`the Rust form of keys`), or not for all that it offers
   * (`the Rust form of keys of sum depth 7`); schemes beside key evolving signatures (`PraosVRF`).
   */
  readonly optionalNotOffered: readonly string[];
  /** All of this as lines to print. */
  readonly statement: string;
}

const OPTIONAL_PARTS: readonly (readonly [string, (kes: KesImplementation) => boolean])[] = [
  ['the Rust form of keys', ({ rust }) => rust !== undefined],
  ['checks of tampered keys', ({ checkedRead }) => checkedRead !== undefined],
  ['the level of tampered keys', ({ checkedRead }) => checkedRead?.levelOf !== undefined],
];

/** An algorithm of the vectors, and the implementation of it. */
interface Offer {
  readonly name: string;
  readonly kes: KesImplementation | undefined;
}

function optionalPartsNotOffered(offers: readonly Offer[]): string[] {
  const offered = offers.filter(({ kes }) => kes !== undefined);
  return OPTIONAL_PARTS.flatMap(([part, isOffered]) => {
    const without = offered.filter(({ kes }) => kes !== undefined && !isOffered(kes));
    if (without.length === offered.length) return [part];
    return without.map(({ name }) => `${part} of ${name}`);
  });
}

/** Counts the cases of an implementation and lists the parts that it does not offer. */
export function coverage(implementation: Implementation): Coverage {
  return coverageOf(implementation, conformanceCases(implementation));
}

function coverageOf(implementation: Implementation, cases: readonly ConformanceCase[]): Coverage {
  const groups = new Map<ConformanceGroup, number>();
  for (const { group } of cases) groups.set(group, (groups.get(group) ?? 0) + 1);
  const offers = kesSignatureVectors().map(({ algorithm, depth }): Offer => {
    return { name: `${algorithm} depth ${depth}`, kes: implementation.kes?.(algorithm, depth) };
  });
  const notOffered = [
    ...(implementation.seed === undefined ? ['seed expansion'] : []),
    ...(implementation.dsign === undefined ? ['ed25519'] : []),
    ...offers.filter(({ kes }) => kes === undefined).map(({ name }) => name),
  ];
  const optionalNotOffered = [
    ...optionalPartsNotOffered(offers),
    ...(implementation.extended === undefined ? ['extended Ed25519 keys'] : []),
    ...VRF_ALGORITHMS.filter((algorithm) => implementation.vrf?.(algorithm) === undefined),
    ...(implementation.headers === undefined ? ['block headers'] : []),
    ...(implementation.sealedLogs === undefined ? ['sealed logs'] : []),
  ];
  const lines = [
    ...(implementation.verifiesOnly === true ? ['verification only'] : []),
    `${cases.length} cases in ${groups.size} groups`,
    ...Array.from(groups, ([group, count]) => `  ${group}: ${count}`),
    notOffered.length === 0 ? 'everything is offered' : `not offered: ${notOffered.join(', ')}`,
    optionalNotOffered.length === 0
      ? 'every optional part is offered'
      : `optional, not offered: ${optionalNotOffered.join(', ')}`,
  ];
  return {
    total: cases.length,
    groups,
    notOffered,
    optionalNotOffered,
    statement: lines.join('\n'),
  };
}

/** Options of `runConformance`. */
export interface RunOptions {
  /** The greatest depth; deeper algorithms count as not offered. Absent: all depths. */
  readonly maxDepth?: number | undefined;
}

/** The result of a run. */
export interface ConformanceReport {
  /** Whether there were cases, and all of them passed. */
  readonly conforms: boolean;
  readonly passed: number;
  /** The cases that failed, in their order. */
  readonly failures: readonly ConformanceFailure[];
  /** The failures by cause. A later cause may follow from an earlier one. */
  readonly causes: readonly ConformanceCause[];
  /** The known mistakes that explain the most of what failed. An implementation may have another one. */
  readonly behavesLike: readonly WrongImplementation[];
  /** What was tested, and what is not offered. */
  readonly coverage: Coverage;
  /** All of this as lines to print. */
  readonly statement: string;
}

/** The same implementation without the algorithms above a depth. */
function limitDepth(implementation: Implementation, maxDepth: number): Implementation {
  if (implementation.kes === undefined) return implementation;
  const { verifiesOnly, seed, dsign, extended, headers, sealedLogs } = implementation;
  return {
    ...(verifiesOnly === undefined ? {} : { verifiesOnly }),
    ...(seed === undefined ? {} : { seed }),
    ...(dsign === undefined ? {} : { dsign }),
    ...(extended === undefined ? {} : { extended }),
    ...(headers === undefined ? {} : { headers }),
    ...(sealedLogs === undefined ? {} : { sealedLogs }),
    vrf: (algorithm) => implementation.vrf?.(algorithm),
    kes: (algorithm, depth) =>
      depth <= maxDepth ? implementation.kes?.(algorithm, depth) : undefined,
  };
}

function verdict(total: number, failed: number, causes: number): string {
  if (total === 0) return 'nothing was tested';
  if (failed === 0) return `all ${total} cases passed`;
  return `${failed} of ${total} cases failed, by ${causes === 1 ? '1 cause' : `${causes} causes`}`;
}

/**
 * Runs every case, one after another. The report says what passed, what failed and what is not offered. A fault of the
 * implementation does not reject the promise.
 */
export async function runConformance(
  implementation: Implementation,
  options?: RunOptions,
): Promise<ConformanceReport> {
  const { maxDepth = Infinity } = checkOptions(options, ['maxDepth']);
  if (maxDepth !== Infinity) checkInteger('maxDepth', maxDepth, 0, Number.MAX_SAFE_INTEGER);
  checkImplementation(implementation);
  const limited = limitDepth(implementation, maxDepth);
  const cases = conformanceCases(limited);
  const failures: ConformanceFailure[] = [];
  for (const { group, name, location, run } of cases) {
    await run().catch((error: unknown) => {
      failures.push({ group, name, error: asConformanceError(location, error) });
    });
  }
  const causes = causesOf(failures, cases);
  const alike = behavesLike(new Set(findingsOf({ failures })));
  const covered = coverageOf(limited, cases);
  const lines = [
    ...causes.map(describeCause),
    ...alike.map(({ of, name }) => `behaves like a wrong one: ${of}: ${name}`),
    ...(maxDepth === Infinity ? [] : [`depths above ${maxDepth} were left out`]),
    covered.statement,
    verdict(cases.length, failures.length, causes.length),
  ];
  return {
    conforms: cases.length > 0 && failures.length === 0,
    passed: cases.length - failures.length,
    failures,
    causes,
    behavesLike: alike,
    coverage: covered,
    statement: lines.join('\n'),
  };
}
