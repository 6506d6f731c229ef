import { editedSources } from '@evolock/test-support/edited-sources';
import { expect, test } from 'vitest';
import { operationOf } from '../src/operations/all.js';
import { breakages } from './broken-rules/breakages.js';
import { as, expectProved } from './operations.js';

/** Some operations, of keys of each kind. The long tests scan every operation. */
test.concurrent.each([
  'Sum6: update',
  'Cardano files: a KES signing key, written and read',
  'transports: a worker that is asked to stop',
])('a scan finds secrets in locked memory only, and nothing of what was erased: %s', async (id) => {
  const operation = operationOf(id);
  await expectProved(operation, { prefix: as('ordinary', operation) });
});

// broken-rules.long.test.ts takes minutes. This test checks only that each edit still has one place in the sources.
test.each(breakages)('"$how" changes the source', ({ edits }) => {
  for (const edit of edits) expect(editedSources([edit]).size).toBe(1);
});
