import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect } from 'vitest';
import { operations } from '../src/operations/all.js';
import type { Operation } from '../src/operations/operation.js';
import { prove, type Proved } from '../src/scan/prove.js';
import { prefixOf, type ProofOptions, type User } from '../src/scan/process.js';

export const noOrdinaryUser = whyNoOrdinaryUser();
if (noOrdinaryUser !== undefined) console.log(`nothing as an ordinary user: ${noOrdinaryUser}`);

/**
 * The words of a command line that start a process as another user. When the process cannot change to an ordinary user,
 * this function changes nothing.
 */
export function as(user: User, operation: Pick<Operation, 'lockLimit'>): string[] {
  return noOrdinaryUser === undefined ? prefixOf(user, operation) : [];
}

/** Every operation that is a row of the table, or several rows. */
export const rows = operations.filter(({ aside }) => aside !== true);

/** The violations: a secret outside locked memory, one that had to be gone, and a live one that was not found. */
export function problemsOf(proved: Proved): string {
  return proved
    .flatMap(([name, { problems }]) => problems.map((problem) => `${name}: ${problem}`))
    .join('\n');
}

/** Expects that all secrets of an operation are where they have to be. */
export async function expectProved(operation: Operation, options: ProofOptions): Promise<void> {
  const proved = await prove(operation, options);
  expect(problemsOf(proved)).toBe('');
  for (const [, { unlocked, erased }] of proved)
    expect({ unlocked, erased }).toEqual({ unlocked: 0, erased: 0 });
}
