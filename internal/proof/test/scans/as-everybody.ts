import { whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import type { Operation } from '../../src/operations/operation.js';
import { prefixOf, type User } from '../../src/prove/user.js';

const impossible = whyNoOrdinaryUser();
if (impossible !== undefined) console.log(`nothing as an ordinary user: ${impossible}`);

/**
 * The words of a command line that start a process as another user. When the process cannot change to an ordinary
 * user, this function prints the reason and changes nothing.
 *
 * The tests scan every operation twice: fresh as an ordinary user under the smallest lock limit, and warm as the user
 * who runs them, which may be root. `npm run proof` scans it fresh and warm as both users.
 */
export function as(user: User, operation: Pick<Operation, 'lockLimit'>): string[] {
  return impossible === undefined ? prefixOf(user, operation) : [];
}
