import { asConformanceError, type AsyncConformanceCase } from '../cases/case.js';
import { checkedOptions } from '../arguments.js';
import { ArgumentError } from '../errors.js';
import type { AsyncImplementation } from '../implementation/async-implementation.js';
import { checkImplementation, limitDepth } from '../implementation/inspect.js';
import {
  causesOf,
  type ConformanceCause,
  type ConformanceFailure,
  describeCause,
} from '../report/causes.js';
import { asyncConformanceCases } from './conformance-cases.js';
import { coverage, type Coverage } from './coverage.js';

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

async function failureOf({
  group,
  name,
  location,
  run,
}: AsyncConformanceCase): Promise<ConformanceFailure[]> {
  try {
    await run();
    return [];
  } catch (error) {
    return [{ group, name, error: asConformanceError(location, error) }];
  }
}

function verdict(total: number, failed: number, causes: number): string {
  if (total === 0) return 'nothing was tested';
  if (failed === 0) return `all ${total} cases passed`;
  return `${failed} of ${total} cases failed, by ${causes === 1 ? '1 cause' : `${causes} causes`}`;
}

/**
 * Runs every case, one after another, against a synchronous or asynchronous implementation.
 *
 * @param implementation - The implementation to test.
 * @param options - `maxDepth`.
 * @returns What passed, what failed and what is not offered. A fault of the implementation does not reject the
 * promise.
 * @throws ArgumentError with code `ERR_EVOLOCK_WRONG_ARGUMENT` for a wrong argument.
 *
 * @example
 * ```ts
 * import assert from 'node:assert/strict';
 * import { runConformance } from '@evolock/test-vectors';
 *
 * const report = await runConformance({ seed: { expand: (seed) => ({ left: seed, right: seed }) } });
 * assert.equal(report.conforms, false);
 * assert.equal(report.failures[0]?.error.code, 'ERR_EVOLOCK_EXPANSION_MISMATCH');
 * assert.equal(report.causes[0]?.what, 'the left seed differs at byte 0');
 * ```
 */
export async function runConformance(
  implementation: AsyncImplementation,
  options?: RunOptions,
): Promise<ConformanceReport> {
  checkImplementation(implementation);
  const { maxDepth = Infinity } = checkedOptions(options);
  if (maxDepth !== Infinity && (!Number.isInteger(maxDepth) || maxDepth < 0)) {
    throw new ArgumentError('maxDepth', 'an integer from 0');
  }
  const limited = limitDepth(implementation, maxDepth);
  const cases = asyncConformanceCases(limited);
  const failures: ConformanceFailure[] = [];
  for (const one of cases) failures.push(...(await failureOf(one)));
  const causes = causesOf(failures, cases);
  const covered = coverage(limited);
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
