/** All cases of an implementation, how much of the vectors they are, and a whole run. */
import { asConformanceError, type ConformanceCase, type ConformanceGroup } from '../cases/case.js';
import { kesCases } from '../cases/kes.js';
import { primitiveCases } from '../cases/primitives.js';
import { ArgumentError } from '../errors.js';
import {
  checkImplementation,
  checkObject,
  type Implementation,
  type KesImplementation,
} from '../implementation.js';
import { VRF_ALGORITHMS } from '../algorithms.js';
import { kesSignatureVectors } from '../vectors.js';
import {
  causesOf,
  type ConformanceCause,
  type ConformanceFailure,
  describeCause,
} from './causes.js';

/** The groups that need no key: all that an implementation has that only verifies. */
const VERIFYING: ReadonlySet<ConformanceGroup> = new Set<ConformanceGroup>([
  'ed25519 verification',
  'vrf verification',
  'kes verification',
  'kes negative',
]);

/**
 * All cases of the vectors of this package for an implementation, for any test framework. A part that the
 * implementation does not offer has no cases: `coverage` lists these parts.
 *
 * @param implementation - The implementation to test.
 * @returns The cases; nothing has run yet.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 */
export function conformanceCases(implementation: Implementation): ConformanceCase[] {
  checkImplementation(implementation);
  const all = [...primitiveCases(implementation), ...kesCases(implementation)];
  if (implementation.verifiesOnly !== true) return all;
  return all.filter(({ group }) => VERIFYING.has(group));
}

/** How much of the vectors applies to an implementation. */
export interface Coverage {
  /** The number of all cases. */
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

/**
 * Counts the cases of an implementation and lists the parts that it does not offer.
 *
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 */
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
  /** The number of cases that passed. */
  readonly passed: number;
  /** The cases that failed, in their order. */
  readonly failures: readonly ConformanceFailure[];
  /** The failures by cause. A later cause may follow from an earlier one. */
  readonly causes: readonly ConformanceCause[];
  /** What was tested, and what is not offered. */
  readonly coverage: Coverage;
  /** All of this as lines to print. */
  readonly statement: string;
}

/** The same implementation without the algorithms above a depth. */
function limitDepth(implementation: Implementation, maxDepth: number): Implementation {
  if (implementation.kes === undefined) return implementation;
  const { verifiesOnly, seed, dsign, extended } = implementation;
  return {
    ...(verifiesOnly === undefined ? {} : { verifiesOnly }),
    ...(seed === undefined ? {} : { seed }),
    ...(dsign === undefined ? {} : { dsign }),
    ...(extended === undefined ? {} : { extended }),
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
 * Runs every case, one after another.
 *
 * @param implementation - The implementation to test.
 * @param options - `maxDepth`.
 * @returns What passed, what failed and what is not offered. A fault of the implementation does not reject the
 * promise.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 */
export async function runConformance(
  implementation: Implementation,
  options: RunOptions = {},
): Promise<ConformanceReport> {
  checkObject('options', options);
  const { maxDepth = Infinity } = options;
  if (maxDepth !== Infinity && (!Number.isInteger(maxDepth) || maxDepth < 0)) {
    throw new ArgumentError('maxDepth', 'an integer from 0');
  }
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
  const covered = coverageOf(limited, cases);
  const lines = [
    ...causes.map(describeCause),
    ...(maxDepth === Infinity ? [] : [`depths above ${maxDepth} were left out`]),
    covered.statement,
    verdict(cases.length, failures.length, causes.length),
  ];
  return {
    conforms: cases.length > 0 && failures.length === 0,
    passed: cases.length - failures.length,
    failures,
    causes,
    coverage: covered,
    statement: lines.join('\n'),
  };
}
