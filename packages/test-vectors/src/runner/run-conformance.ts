import { asConformanceError, type AsyncConformanceCase } from '../cases/case.js';
import { checkedOptions } from '../arguments.js';
import { ArgumentError, type ConformanceError } from '../errors.js';
import type { AsyncImplementation } from '../implementation/async-implementation.js';
import { checkImplementation, limitDepth } from '../implementation/inspect.js';
import { asyncConformanceCases } from './conformance-cases.js';
import { coverage, type Coverage } from './coverage.js';

/** Options of `runConformance`. */
export interface RunOptions {
  /** The greatest depth; deeper algorithms count as not offered. Absent: all depths. */
  readonly maxDepth?: number | undefined;
}

/** A case that failed. */
export interface ConformanceFailure extends Pick<AsyncConformanceCase, 'group' | 'name'> {
  /** What went wrong. */
  readonly error: ConformanceError;
}

/** The result of a run. */
export interface ConformanceReport {
  /** Whether there were cases, and all of them passed. */
  readonly conforms: boolean;
  /** The number of cases that passed. */
  readonly passed: number;
  /** The cases that failed, in their order. */
  readonly failures: readonly ConformanceFailure[];
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

function verdict(total: number, failed: number): string {
  if (total === 0) return 'nothing was tested';
  if (failed === 0) return `all ${total} cases passed`;
  return `${failed} of ${total} cases failed`;
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
  const covered = coverage(limited);
  const lines = [
    ...failures.map(({ group, error }) => `failed: ${group}: ${error.message}`),
    ...(maxDepth === Infinity ? [] : [`depths above ${maxDepth} were left out`]),
    covered.statement,
    verdict(cases.length, failures.length),
  ];
  return {
    conforms: cases.length > 0 && failures.length === 0,
    passed: cases.length - failures.length,
    failures,
    coverage: covered,
    statement: lines.join('\n'),
  };
}
