/** What happens to the live file while a sealer runs is told at its next look, and a rotation is not. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { troublesOf } from '../../src/sealer/refusal.js';
import { ORIGIN } from '../support/engines.js';
import { ROTATED, RotatedLog, SETTLE } from '../support/rotated-log.js';

/** A log with sealed entries, and one that is not read yet. */
async function followed(rotated?: string): Promise<RotatedLog> {
  const log = new RotatedLog({ ...ROTATED, rotated });
  log.append(3);
  await log.open();
  await log.pass();
  log.append(1);
  return log;
}

/** Replaces the log as `sed -i` and most editors do. */
function edit({ place }: RotatedLog, change: (text: string) => string): void {
  writeFileSync(join(place.folder, '4913'), change(readFileSync(place.log, 'utf8')));
  renameSync(join(place.folder, '4913'), place.log);
}

const keptOf = ({ place }: RotatedLog) => join(place.folder, 'kept');

const troublesIn = ({ place }: RotatedLog) =>
  troublesOf(place.log, { origin: ORIGIN, keyFile: place.keyFile, rotated: ROTATED.rotated }).map(
    ({ message }) => message,
  );

test.each([
  ['with a pattern', ROTATED.rotated],
  ['without a pattern', undefined],
])(
  'an emptied file is told at once and by each start until its entries are back, %s',
  async (_, rotated) => {
    const log = await followed(rotated);
    const begun = { origin: ORIGIN, keyFile: log.place.keyFile, rotated };
    await log.pass();
    const kept = join(log.place.folder, 'elsewhere', 'kept');
    mkdirSync(join(log.place.folder, 'elsewhere'));
    copyFileSync(log.place.log, kept);
    truncateSync(log.place.log);
    await log.pass();
    expect(log.sealer!.events.map(({ event }) => event)).toContain('truncated');
    expect(log.sealer!.errors).toEqual(['lost-file']);
    log.append(2);
    await log.sealer!.engine.seal();
    for (let start = 0; start < 2; start += 1) {
      expect(troublesOf(log.place.log, begun)).toMatchObject([
        { message: expect.stringContaining('entries 0 to 3') },
      ]);
      await log.stop();
      await log.open();
      expect(log.sealer!.errors).toEqual(['lost-file']);
      await log.sealer!.engine.seal();
    }
    renameSync(kept, log.old(1));
    expect(troublesOf(log.place.log, begun)).toEqual([]);
  },
);

test('a copy with the same entries is told, and read on', async () => {
  const log = await followed(ROTATED.rotated);
  edit(log, (text) => text);
  await log.pass();
  expect(log.sealer!.errors).toEqual(['copied-file']);
  log.append(1);
  for (let made = 0; made < 2; made += 1) await log.pass(SETTLE * 2);
  expect(log.sealer!.errors).toEqual(['copied-file']);
  expect(troublesIn(log)).toEqual([]);
  await log.expectWhole();
});

test('so is a copy beside a backup that the pattern does not give', async () => {
  const log = await followed(ROTATED.rotated);
  linkSync(log.place.log, join(log.place.folder, 'audit.log~'));
  edit(log, (text) => `${text}one more\n`);
  await log.pass();
  expect(log.sealer!.errors).toEqual(['copied-file']);
  await log.expectWhole();
});

test.each<[string, (log: RotatedLog) => void]>([
  ['changed by an editor', (log) => edit(log, (text) => text.replace('line 2', 'line X'))],
  ['removed', ({ place }) => rmSync(place.log)],
  [
    'replaced by another file',
    ({ place }) => {
      writeFileSync(join(place.folder, 'other'), 'another\n');
      renameSync(join(place.folder, 'other'), place.log);
    },
  ],
])(
  'a log that is %s is told at once, by status and at each start, until it is back',
  async (_, change) => {
    const log = await followed(ROTATED.rotated);
    const before = readFileSync(log.place.log);
    change(log);
    await log.pass();
    expect(log.sealer!.errors).toEqual(['lost-file']);
    // The program opens the log again.
    log.append(2);
    for (let made = 0; made < 2; made += 1) await log.pass(SETTLE * 2);
    expect(log.sealer!.errors).toEqual(['lost-file']);
    await log.stop();
    const words = `${log.place.log}, entries 0 to 3`;
    for (let starts = 0; starts < 2; starts += 1) {
      expect(troublesIn(log)).toEqual([expect.stringContaining(words)]);
      const again = await log.open();
      await log.pass();
      expect(again.events[0]).toMatchObject({ error: { reason: 'lost-file' } });
      expect(again.events[0]).toMatchObject({ error: { message: expect.stringContaining(words) } });
      await log.stop();
    }
    // As the message says. Another file under such a name is none.
    writeFileSync(log.old(1), 'another\n');
    expect(troublesIn(log)).toHaveLength(1);
    writeFileSync(log.old(1), before);
    expect(troublesIn(log)).toEqual([]);
    const last = await log.open();
    await log.pass();
    expect(last.errors).toEqual([]);
    await log.expectWhole();
  },
);

test.each<[string, (log: RotatedLog) => void]>([
  ['before the program opens the log again', (log) => copyFileSync(keptOf(log), log.old(1))],
  ['under its own name', (log) => copyFileSync(keptOf(log), log.place.log)],
  [
    'after that, with a younger time, and the log is rotated',
    (log) => {
      log.append(1);
      copyFileSync(keptOf(log), log.old(2));
    },
  ],
])('the entries of a lost file that is put back %s are not sealed again', async (_, putBack) => {
  const log = await followed(ROTATED.rotated);
  const { place } = log;
  copyFileSync(place.log, keptOf(log));
  rmSync(place.log);
  await log.pass();
  expect(log.sealer!.errors).toEqual(['lost-file']);
  putBack(log);
  await log.pass();
  for (let made = 0; made < 2; made += 1) await log.pass(SETTLE * 2);
  rmSync(keptOf(log));
  log.append(1);
  if (existsSync(log.old(2))) renameSync(place.log, log.old(1));
  log.append(2);
  for (let made = 0; made < 3; made += 1) await log.pass(SETTLE * 2);
  await log.expectWhole();
});

test('a log that is removed is told as soon as what has its name is a file', async () => {
  const log = await followed(ROTATED.rotated);
  rmSync(log.place.log);
  mkdirSync(log.place.log);
  await log.pass();
  expect(log.sealer!.events.at(-1)).toMatchObject({ error: { reason: 'not-regular' } });
  rmdirSync(log.place.log);
  log.append(1);
  await log.pass();
  expect(log.sealer!.events.at(-1)).toMatchObject({ error: { reason: 'lost-file' } });
});

test('a log that moved away is told at each start, until it is back', async () => {
  const log = await followed(ROTATED.rotated);
  const moved = join(log.place.folder, 'old');
  renameSync(log.place.log, moved);
  log.append(1);
  await log.pass();
  for (let made = 0; made < 2; made += 1) await log.pass(SETTLE * 2);
  await log.stop();
  expect(troublesIn(log)).toHaveLength(1);
  const again = await log.open();
  await log.pass();
  expect(again.errors).toEqual(['lost-file']);
  await log.stop();
  renameSync(moved, log.old(1));
  const last = await log.open();
  await log.pass();
  expect(last.errors).toEqual([]);
  await log.expectWhole();
});

test('a log that moves to a name that the pattern does not give is told with that name', async () => {
  const log = await followed(ROTATED.rotated);
  const moved = join(log.place.folder, 'old');
  renameSync(log.place.log, moved);
  log.append(1);
  await log.pass();
  expect(log.sealer!.events.at(-1)).toMatchObject({
    error: { reason: 'moved-file', detail: moved },
  });
  const without = await followed();
  without.rename();
  without.append(1);
  await without.pass();
  await without.pass();
  expect(without.sealer!.errors).toEqual(['moved-file']);
});

test.each<[string, (log: RotatedLog) => void]>([
  ['renamed and made', (log) => log.rename()],
  ['renamed, and made later by the program', (log) => log.rename({ makes: false })],
  ['copied and emptied', (log) => log.copyAndTruncate()],
  [
    'copied, removed and made, as over the edge of a file system',
    (log) => {
      copyFileSync(log.place.log, log.old(1));
      rmSync(log.place.log);
      log.make();
    },
  ],
  ['rotated several times at once', (log) => [1, 2, 3].forEach(() => log.rename())],
  [
    'empty and removed',
    (log) => {
      log.rename();
      rmSync(log.place.log);
    },
  ],
])('a log that is %s is rotated, and told of as lost by none', async (_, rotate) => {
  const log = await followed(ROTATED.rotated);
  rotate(log);
  await log.pass();
  await log.pass(SETTLE);
  log.append(2);
  for (let made = 0; made < 3; made += 1) await log.pass(SETTLE * 2);
  expect(log.sealer!.errors).toEqual([]);
  expect(troublesIn(log)).toEqual([]);
  await log.stop();
  const again = await log.open();
  await log.pass();
  expect(again.errors).toEqual([]);
  await log.expectWhole();
});

test('a link that leads to the file of the next day is a rotation', async () => {
  const log = new RotatedLog({ ...ROTATED, rotated: 'day-*' });
  const { log: path, folder } = log.place;
  const day = (number: number): void => {
    appendFileSync(join(folder, `day-${String(number)}`), `of day ${String(number)}\n`);
    symlinkSync(`day-${String(number)}`, `${path}.new`);
    renameSync(`${path}.new`, path);
  };
  day(1);
  const sealer = await log.open();
  await log.pass();
  day(2);
  await log.pass();
  await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 2 });
  expect(sealer.errors).toEqual([]);
});
