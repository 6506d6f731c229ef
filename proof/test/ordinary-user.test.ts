import { describe, test } from 'vitest';
import { operationOf } from '../src/all-operations.js';
import { asOrdinaryUser, whyNoOrdinaryUser } from '../src/ordinary-user.js';
import { prove } from '../src/prove.js';
import { expectProved } from './verdicts.js';

const impossible = whyNoOrdinaryUser();
if (impossible !== undefined) console.log(`no test as an ordinary user: ${impossible}`);

describe.runIf(impossible === undefined)('an ordinary user who may lock 64 KiB', () => {
  test.concurrent.each([
    'Sum6: generateKey',
    'Sum6: a whole life, signing at every period',
    'CompactSum6: a whole life, signing at every period',
    'Sum6: read, and sign alike',
    'Sum6: sign, then release',
    'seed: expand',
    'transports: the pipe to a child process',
    'the end of the process: process.exit',
    'the lock limit: keys up to the limit, which go on working',
  ])('%s', async (id) => {
    expectProved(await prove(operationOf(id), { prefix: asOrdinaryUser(64) }));
  });

  test('and one who may lock nothing gets an error and no memory', async () => {
    const operation = operationOf('the lock limit: no memory may be locked at all');
    expectProved(await prove(operation, { prefix: asOrdinaryUser(0) }));
  });
});
