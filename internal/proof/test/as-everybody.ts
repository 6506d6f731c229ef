import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import type { Operation } from '../src/operation.js';
import { prefixOf, type User } from '../src/user.js';

const impossible = whyNoOrdinaryUser();
if (impossible !== undefined) console.log(`nothing as an ordinary user: ${impossible}`);

/**
 * What makes a process another user's. Where there is no changing to an ordinary user it says so and changes nothing.
 *
 * Every operation is scanned twice by the tests, fresh as an ordinary user under the least lock limit and warm as
 * whoever runs them, root included; `npm run proof` scans it fresh and warm as both.
 */
export function as(user: User, operation: Pick<Operation, 'lockLimit'>): string[] {
  return impossible === undefined ? prefixOf(user, operation) : [];
}
