import { asOrdinaryUser, LEAST_LOCK_LIMIT } from '@evolock/test-support/ordinary-user';
import type { Operation } from './operation.js';

/** As whom an operation is done: as whoever started the proof, or as an ordinary user who may lock next to nothing. */
export const USERS = ['as started', 'ordinary'] as const;

/** One of {@link USERS}. */
export type User = (typeof USERS)[number];

/** What is put before `node` on a command line. */
export function prefixOf(
  user: User,
  { lockLimit = LEAST_LOCK_LIMIT }: Pick<Operation, 'lockLimit'>,
): string[] {
  return user === 'ordinary' ? asOrdinaryUser(lockLimit) : [];
}
