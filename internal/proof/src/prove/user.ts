import { asOrdinaryUser, LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import type { Operation } from '../operations/operation.js';

/** The users of operations: the user who started the proof, or an ordinary user with a small lock limit. */
export const USERS = ['as started', 'ordinary'] as const;

/** One of {@link USERS}. */
export type User = (typeof USERS)[number];

/** The words before `node` on a command line. */
export function prefixOf(
  user: User,
  { lockLimit = LEAST_LOCK_LIMIT }: Pick<Operation, 'lockLimit'>,
): string[] {
  return user === 'ordinary' ? asOrdinaryUser(lockLimit) : [];
}
