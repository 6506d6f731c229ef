import { appendFileSync, copyFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { append, linesOf, newPlace, opened, verdictOn } from '../../support/engines.js';

test('a file that became shorter is taken as rotated: what it then has are new entries, and an event tells', async () => {
  const place = newPlace();
  const sealer = await opened(place);
  append(place, 2);
  appendFileSync(place.log, 'its last line');
  await sealer.engine.seal();
  truncateSync(place.log, 0);
  append(place);
  expect(await sealer.engine.seal()).toMatchObject({ size: 4 });
  expect(sealer.events).toContainEqual(
    expect.objectContaining({ event: 'truncated', file: place.log }),
  );
});

test('after a file became shorter, a start goes on with what was sealed before', async () => {
  const place = newPlace();
  for (let run = 0; run < 3; run += 1) {
    const sealer = await opened(place, { depth: 4 });
    append(place, 3);
    await sealer.engine.seal();
    truncateSync(place.log, 0);
    append(place);
    appendFileSync(place.log, 'torn');
    expect(await sealer.engine.seal()).toMatchObject({ size: 5 * run + 4 });
    appendFileSync(place.log, ' and whole\n');
    await sealer.engine.close(false);
    // There is no copy of what was emptied, now and in the runs before.
    expect(sealer.errors).toEqual(Array.from({ length: run + 1 }, () => 'lost-file'));
  }
  expect(linesOf(place).at(-2)).toMatch(/^\d+ \d+ 0 15 /);
});

test.each([
  ['audit.log.1', 0],
  ['audit-1.log', 0],
  // A file whose name does not begin like that of the log is none of it.
  ['other', 2],
])(
  'a log that is rotated to the copy %s is told as lost %i times, also with a start between',
  async (name, lost) => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 4 });
    append(place, 3);
    await sealer.engine.seal();
    copyFileSync(place.log, join(place.folder, name));
    truncateSync(place.log, 0);
    await sealer.engine.seal();
    append(place, 5);
    await sealer.engine.close(false);
    const again = await opened(place);
    append(place);
    await again.engine.close(true);
    const told = Array.from({ length: lost }, () => 'lost-file');
    expect([...sealer.errors, ...again.errors]).toEqual(told);
    if (name !== 'audit.log.1') return;
    const verdict = await verdictOn(place.log, sealer.engine.verifierKey, { mustEnd: true });
    expect(verdict).toMatchObject({ result: 'valid', sealedEntries: 9 });
  },
);
