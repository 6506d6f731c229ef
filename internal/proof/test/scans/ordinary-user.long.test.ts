import { asOrdinaryUser, whyNoOrdinaryUser } from '@evolock/test-support/ordinary-user';
import { describe, test } from 'vitest';
import { lockLimitOperations } from '../../src/operations/rules/lock-limit.js';
import { idOf } from '../../src/operations/operation.js';
import { prove } from '../../src/prove/prove.js';
import { expectProved } from './verdicts.js';

const impossible = whyNoOrdinaryUser();
if (impossible !== undefined) console.log(`no test as an ordinary user: ${impossible}`);

// Other tests scan operations, lives and transports as an ordinary user. These conditions affect only that user.
describe.runIf(impossible === undefined)('an ordinary user', () => {
  test.concurrent.each(lockLimitOperations.map((each) => [idOf(each), each] as const))(
    '%s',
    async (_name, operation) => {
      expectProved(await prove(operation, { prefix: asOrdinaryUser(operation.lockLimit ?? 64) }));
    },
  );
});
