import { expect } from 'vitest';
import {
  ConformanceError,
  conformanceCases,
  type ConformanceCase,
  type ConformanceErrorCode,
  type Implementation,
} from '@evolock/test-vectors';

/** A case that failed, as `group: code`. */
async function failureOf({ group, run }: ConformanceCase): Promise<string[]> {
  try {
    await run();
    return [];
  } catch (error) {
    expect(error).toBeInstanceOf(ConformanceError);
    return error instanceof ConformanceError ? [`${group}: ${error.code}`] : [];
  }
}

/** The failures of an implementation: each `group: code` once, sorted. */
export async function failuresOf(implementation: Implementation): Promise<string[]> {
  const failures = new Set<string>();
  for (const one of conformanceCases(implementation))
    for (const failed of await failureOf(one)) failures.add(failed);
  return [...failures].sort();
}

/** A line of {@link failuresOf}. */
export function failure(group: ConformanceCase['group'], code: ConformanceErrorCode): string {
  return `${group}: ${code}`;
}
