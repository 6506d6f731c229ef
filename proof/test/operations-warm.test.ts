import { test } from 'vitest';
import { operationOf } from '../src/all-operations.js';
import { prove, WARM_UP } from '../src/prove.js';
import { expectProved } from './verdicts.js';

/** One of each kind; `npm run proof` does them all. The compiler has been over the code by then. */
const chosen = [
  'locked bytes: clone',
  'seed: expand',
  'seed: expand, then release all',
  'Ed25519: generateKey',
  'Ed25519: sign',
  'Ed25519: read',
  'Single: sign',
  'CompactSingle: read',
  'Sum6: generateKey',
  'Sum6: sign',
  'Sum6: read',
  'Sum6: updateTo',
  'CompactSum6: generateKey',
  'CompactSum6: update',
  'printing: util.inspect',
  'errors: a push that throws',
  'transports: a file descriptor, written and read',
];

test.concurrent.each(chosen)(`after ${WARM_UP} times of the same: %s`, async (id) => {
  expectProved(await prove(operationOf(id), { repetitions: WARM_UP }));
});
