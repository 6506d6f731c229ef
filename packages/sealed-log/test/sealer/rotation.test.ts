/** The files of a rotated log, given to a verifier in their order, are sealed to the last line. */
import {
  appendFileSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { opened, verdictOn, type Circumstances } from '../support/engines.js';
import { ROTATED, RotatedLog, SETTLE } from '../support/rotated-log.js';

test('a file that was renamed is sealed to its end, its last line without a newline, and then the new one', async () => {
  const log = new RotatedLog({ depth: 4 });
  log.append(2);
  const { engine, errors } = await log.open();
  expect(await engine.seal()).toMatchObject({ size: 2 });
  log.rename({ makes: false });
  log.append(1, { to: 1 });
  expect(await engine.seal()).toMatchObject({ size: 3 });
  log.append(2);
  await log.pass(SETTLE);
  log.append(1, { to: 1, torn: true });
  await log.pass(SETTLE - 1);
  // A late writer: the time begins again.
  expect(await engine.seal()).toMatchObject({ size: 3 });
  await log.pass(SETTLE);
  expect(await engine.seal()).toMatchObject({ size: 6 });
  log.append(1);
  expect(await engine.seal()).toMatchObject({ size: 7 });
  expect(errors).toEqual([]);
  await log.expectWhole();
});

test('an empty last line of an old file is no entry, and a renamed file without lines is none', async () => {
  const log = new RotatedLog();
  const { engine } = await log.open();
  log.make();
  await log.pass();
  log.rename();
  log.append(1);
  await log.pass();
  await log.pass(SETTLE);
  expect(await engine.seal()).toMatchObject({ size: 1 });
  await log.expectWhole();
});

test('an old file that grows after its end was taken is told once', async () => {
  const log = new RotatedLog();
  log.append(1);
  const sealer = await log.open();
  await log.pass();
  log.rename();
  await log.pass();
  await log.pass(SETTLE);
  log.append(1, { to: 1 });
  await log.pass();
  await log.pass();
  expect(sealer.errors).toEqual(['grown-file']);
});

test('several rotations while the sealer waits are sealed in their order, seen or not', async () => {
  const log = new RotatedLog();
  log.make();
  const sealer = await log.open();
  for (let made = 0; made < 3; made += 1) {
    log.append(2);
    log.rename();
    if (made === 1) await log.pass();
  }
  log.append(1, { torn: true });
  // Two at once, which nobody saw with the name of the log.
  for (let made = 0; made < 2; made += 1) log.rename();
  log.append(1);
  await log.pass();
  for (let made = 0; made < 6; made += 1) await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 8 });
  expect(sealer.errors).toEqual([]);
  await log.expectWhole();
});

test('what waits is sealed by the end', async () => {
  const log = new RotatedLog();
  await log.open();
  log.append(2, { torn: true });
  await log.pass();
  log.rename();
  log.append(2);
  await log.pass();
  await log.expectWhole();
});

test('a file that gets the name of the log back is followed, and the one between is not', async () => {
  const log = new RotatedLog();
  log.append(1);
  const sealer = await log.open();
  await log.pass();
  log.rename();
  log.append(1);
  await log.pass();
  renameSync(log.old(1), log.place.log);
  log.append(1);
  await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 2 });
  await log.expectWhole();
});

test('a sealer of files that were there before the log begins takes none of them', async () => {
  const log = new RotatedLog();
  log.append(3);
  log.rename();
  log.append(1);
  await log.open();
  await log.pass();
  await log.stop();
  log.append(1);
  log.rename();
  log.append(1);
  rmSync(`${log.place.keyFile}.hint`);
  const sealer = await log.open();
  await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 3 });
  expect(sealer.errors).toEqual([]);
  await log.expectWhole(log.files().slice(1));
});

/** A log that was rotated twice while its sealer was stopped. */
async function rotatedTwice(circumstances?: Circumstances): Promise<RotatedLog> {
  const log = new RotatedLog(circumstances);
  log.append(2);
  log.rename();
  log.append(3);
  const first = await log.open();
  await log.pass();
  expect(first.sealed).toEqual([0]);
  await log.stop();
  log.append(1, { torn: true });
  for (let made = 0; made < 2; made += 1) {
    log.rename();
    log.append(2);
  }
  return log;
}

test.each([
  ['as they are', () => undefined],
  ['without a hint', (log: RotatedLog) => rmSync(`${log.place.keyFile}.hint`)],
  [
    'when the first is a copy',
    (log: RotatedLog) => {
      const { atime, mtime } = statSync(log.old(2));
      writeFileSync(`${log.old(2)}.new`, readFileSync(log.old(2)));
      renameSync(`${log.old(2)}.new`, log.old(2));
      utimesSync(log.old(2), atime, mtime);
    },
  ],
])('files that were rotated during a stop are found %s', async (_, change) => {
  const log = await rotatedTwice();
  change(log);
  const sealer = await log.open();
  await log.pass(SETTLE);
  await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 8 });
  expect(sealer.errors).toEqual([]);
  await log.expectWhole(log.files().slice(1));
});

test('an old file that is not found is refused with its entries, until it is put back as the message says', async () => {
  const log = await rotatedTwice();
  const content = readFileSync(log.old(2));
  rmSync(log.old(2));
  const before = readFileSync(log.place.hashes);
  await expect(log.open()).rejects.toMatchObject({
    reason: 'missing-entries',
    seals: { from: 0, to: 0 },
    detail: 'the file that began with entry 0',
  });
  expect(readFileSync(log.place.hashes)).toEqual(before);
  writeFileSync(log.old(2), content);
  utimesSync(log.old(2), 1_790_000_003, 1_790_000_003);
  const sealer = await log.open();
  for (let made = 0; made < 3; made += 1) await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 8 });
  await log.expectWhole(log.files().slice(1));
});

test('a copy of the file that was read is known by its entries, when the files before it are gone', async () => {
  const log = new RotatedLog();
  log.append(2);
  const first = await log.open();
  await log.pass();
  log.rename();
  log.append(3);
  await log.pass();
  await log.pass(SETTLE);
  await first.engine.seal();
  await log.stop();
  log.append(1);
  log.rename();
  log.append(1);
  const [gone, copied] = [log.old(2), log.old(1)];
  const [before, content, { atime, mtime }] = [
    readFileSync(gone),
    readFileSync(copied),
    statSync(copied),
  ];
  rmSync(gone);
  writeFileSync(`${copied}.new`, content);
  renameSync(`${copied}.new`, copied);
  utimesSync(copied, atime, mtime);
  const sealer = await log.open();
  await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 7 });
  await log.expectWhole([before, ...log.files()]);
});

test('without a pattern a rotation during a stop is refused, and with one it is not', async () => {
  const log = await rotatedTwice({ depth: 4 });
  await expect(log.open()).rejects.toMatchObject({ reason: 'missing-entries' });
  const sealer = await opened(log.place, ROTATED);
  expect(sealer.errors).toEqual([]);
});

test('no seals, hashes, chains and compressed files are taken as entries, whatever the pattern is', async () => {
  const log = new RotatedLog({ rotated: '*', depth: 1 });
  log.append(1);
  await log.open();
  for (let made = 0; made < 3; made += 1) await log.sealer!.engine.seal();
  for (const name of ['gz', 'xz', 'zst', '1.bz2', 'old.seals', 'chain']) {
    writeFileSync(`${log.place.log}.${name}`, 'no entry\n');
    // From before the log.
    if (name !== 'chain') utimesSync(`${log.place.log}.${name}`, 1, 1);
  }
  await log.stop();
  log.rename();
  log.append(1);
  const sealer = await log.open();
  await log.pass(SETTLE);
  await log.pass(SETTLE);
  expect(await sealer.engine.seal()).toMatchObject({ size: 2 });
  await log.expectWhole();
});

test('lines that came before a copy was made and after the last reading are sealed from the copy', async () => {
  const log = new RotatedLog();
  log.append(2);
  const sealer = await log.open();
  await log.pass();
  for (let made = 0; made < 3; made += 1) {
    log.append(2);
    log.append(1, { torn: true });
    log.copyAndTruncate();
    // As long as before, so that the size does not tell.
    log.append(8);
    await log.pass();
  }
  expect(sealer.errors).toEqual([]);
  expect(sealer.events.filter(({ event }) => event === 'truncated')).toHaveLength(3);
  await log.expectWhole();
});

/** A log whose second file has the last seal, and whose third has entries without one. It is stopped. */
async function withoutFront(last = 'last'): Promise<{ log: RotatedLog; front: Buffer }> {
  const log = new RotatedLog();
  log.append(3);
  await log.open();
  await log.pass();
  log.rename();
  log.append(2);
  appendFileSync(log.place.log, `${last}\n`);
  await log.pass();
  await log.pass(SETTLE);
  await log.stop();
  log.append(1);
  log.rename();
  log.append(2);
  const front = readFileSync(log.old(2));
  rmSync(log.old(2));
  return { log, front };
}

const hintOf = ({ place }: RotatedLog) => `${place.keyFile}.hint`;

test.each(['deleted', 'compressed'])(
  'without a hint, and with files that were %s from the front, the hashes tell where entries are not sealed',
  async (what) => {
    const { log, front } = await withoutFront();
    const packed = `${log.old(2)}.gz`;
    if (what === 'compressed') {
      writeFileSync(packed, gzipSync(front));
      utimesSync(packed, 1_790_000_000, 1_790_000_000);
    }
    rmSync(hintOf(log));
    for (let starts = 0; starts < 2; starts += 1) {
      const sealer = await log.open();
      await log.pass(SETTLE);
      await log.pass(SETTLE);
      expect(await sealer.engine.seal()).toMatchObject({ size: 9 });
      expect(sealer.errors).toEqual([]);
      if (starts === 0) await log.stop();
    }
    await log.expectWhole([front, ...log.files()]);
  },
);

test.each<[string, string, (log: RotatedLog) => void]>([
  ['the last sealed entry is like another', 'line 4', () => undefined],
  ['the last sealed entry is like one that is gone', 'line 1', () => undefined],
  ['an entry that is there was changed', 'last', (log) => change(log.old(1), 'line 4', 'line X')],
  ['an empty line was put in', 'last', (log) => change(log.old(1), 'line 5', '\nline 5')],
  ['the last sealed entry was erased', 'last', (log) => change(log.old(1), 'last', '')],
  [
    'hashes do not fit the seal',
    'last',
    ({ place: { hashes } }) => writeFileSync(hashes, readFileSync(hashes).fill(1, 0, 32)),
  ],
  ['hashes are missing', 'last', ({ place }) => truncateSync(place.hashes, 5 * 32)],
  [
    'a file with entries that are not sealed is compressed',
    'last',
    (log) => {
      writeFileSync(`${log.old(3)}.gz`, '');
    },
  ],
])('without a hint and a file of the front a start is refused when %s', async (_, last, damage) => {
  const { log } = await withoutFront(last);
  rmSync(hintOf(log));
  damage(log);
  await expect(log.open()).rejects.toMatchObject({
    reason: expect.stringMatching(/^(?:missing-entries|changed-entries|packed-files)$/),
  });
});

/** Changes a text in a file in the place, so that its number stays. */
function change(file: string, from: string, to: string): void {
  const { atime, mtime } = statSync(file);
  const before = readFileSync(file, 'latin1');
  const after = before.replace(from, to);
  expect(after).not.toBe(before);
  writeFileSync(file, after);
  utimesSync(file, atime, mtime);
}

test.each(['line 4', 'last'])(
  'with a hint a log goes on when files are gone from the front and %s was erased in the file that was sealed last',
  async (erased) => {
    const { log } = await withoutFront();
    change(log.old(1), erased, '');
    const sealer = await log.open();
    await log.pass(SETTLE);
    await log.pass(SETTLE);
    expect(await sealer.engine.seal()).toMatchObject({ size: 9 });
    expect(sealer.errors).toEqual([]);
    await log.stop();
    const accepted = { firstEntry: 3, erased: [[3, 9]] as const };
    const verdict = await verdictOn(log.place.log, log.verifierKey, accepted);
    expect(verdict).toMatchObject({ prunedEntries: 3, erasedEntries: 1, sealedEntries: 9 });
  },
);
