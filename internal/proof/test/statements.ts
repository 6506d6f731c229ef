import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { expect } from 'vitest';
import { idOf, type Operation } from '../src/operations/operation.js';
import { prefixOf, type User } from '../src/rows.js';
import type { ProofOptions } from '../src/scan/prove.js';
import { statements, type Proved, type Statement } from '../src/scan/statements.js';

export const noOrdinaryUser = whyNoOrdinaryUser();
if (noOrdinaryUser !== undefined) console.log(`nothing as an ordinary user: ${noOrdinaryUser}`);

/**
 * The words of a command line that start a process as another user. When the process cannot change to an ordinary user,
 * this function changes nothing.
 */
export function as(user: User, operation: Pick<Operation, 'lockLimit'>): string[] {
  return noOrdinaryUser === undefined ? prefixOf(user, operation) : [];
}

/** Statements by name, for a table of tests. */
export const named = (which: (statement: Statement) => boolean) =>
  statements.filter(which).map((each) => [idOf(each), each] as const);

/** The violations: a secret outside locked memory, one that had to be gone, and a live one that was not found. */
export function problemsOf(proved: Proved): string {
  return proved
    .flatMap(([operation, { problems }]) => problems.map((problem) => `${operation}: ${problem}`))
    .join('\n');
}

/** Expects that a statement holds. */
export async function expectProved(statement: Statement, options: ProofOptions): Promise<void> {
  const proved = await statement.prove(options);
  expect(problemsOf(proved)).toBe('');
  for (const [, { unlocked, erased }] of proved)
    expect({ unlocked, erased }).toEqual({ unlocked: 0, erased: 0 });
}
