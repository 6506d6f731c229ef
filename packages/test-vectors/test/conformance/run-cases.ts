import { expect, test } from 'vitest';
import {
  ConformanceError,
  conformanceCases,
  type ConformanceCase,
  type ConformanceErrorCode,
  type Implementation,
} from '../../src/index.js';

/** Registers every case as a test. */
export function testCases(cases: readonly ConformanceCase[]): void {
  for (const { group, name, run } of cases) test(`${group}: ${name}`, run);
}

/** A case that failed, as `group: code`. */
function failureOf({ group, run }: ConformanceCase): string[] {
  try {
    run();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConformanceError);
    return error instanceof ConformanceError ? [`${group}: ${error.code}`] : [];
  }
}

/** The failures of an implementation: each `group: code` once, sorted. */
export function failuresOf(implementation: Implementation): string[] {
  const failures = conformanceCases(implementation).flatMap(failureOf);
  return [...new Set(failures)].sort();
}

/** A line of {@link failuresOf}. */
export function failure(group: ConformanceCase['group'], code: ConformanceErrorCode): string {
  return `${group}: ${code}`;
}
