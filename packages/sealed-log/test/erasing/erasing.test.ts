/** Erasing sealed entries: what is left, what a verifier says, and what is refused, with a way out that is gone to its end. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  linkSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { Sealer } from '@evolock/sealed-log';
import { wrongly } from '@evolock/test-support';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { eraseEntries, finishErasing } from '../../src/erasing/erase.js';
import { writeErasure } from '../../src/following/erasure.js';
import { namesOf } from '../../src/following/log-files.js';
import { proveEntry, verifyEntryProof, type Range } from '../../src/verify/index.js';
import { failureOf, filesOf, newPlace, ORIGIN, verdictOn } from '../support/engines.js';
import { RotatedLog, SETTLE } from '../support/rotated-log.js';

const placeOf = ({ place }: RotatedLog) => ({
  names: namesOf(place.log, { keyFile: place.keyFile, rotated: 'audit.log.*' }),
  keyFile: place.keyFile,
});

const erase = (log: RotatedLog, entries: readonly Range[], reason = 'request 17') =>
  eraseEntries(placeOf(log), entries, reason);

const judge = (log: RotatedLog, erased: readonly Range[] = []) =>
  verdictOn(log.place.log, log.verifierKey, { erased });

/** Two files of three sealed lines each, and a sealer that runs. */
async function rotated(): Promise<RotatedLog> {
  const log = new RotatedLog();
  log.append(3);
  await log.open();
  await log.pass();
  log.rename();
  log.append(3);
  await log.pass();
  await log.pass(SETTLE);
  await log.sealer!.engine.seal();
  return log;
}

const textOf = (log: RotatedLog): string => Buffer.concat(filesOf(log.place)).toString();

test.each([
  ['while a sealer runs', true],
  ['while none runs', false],
])('entries of old and live files are erased %s, and the log goes on', async (_, runs) => {
  const log = await rotated();
  if (!runs) await log.stop();
  const sizes = [0, 1].map((index) => statSync(log.old(index)).size);
  const reason = 'request "17"\n';
  expect(
    await erase(
      log,
      [
        [1, 3],
        [5, 6],
      ],
      reason,
    ),
  ).toEqual({ entries: 3, record: 'written' });
  const record = JSON.stringify({
    sealedLogErased: {
      entries: [
        [1, 3],
        [5, 6],
      ],
      reason,
    },
  });
  expect(textOf(log)).toBe(`line 1\n      \n      \nline 4\nline 5\n      \n${record}\n`);
  expect(statSync(log.old(1)).size).toBe(sizes[1]);
  if (!runs) await log.open();
  log.append(1);
  await log.pass(SETTLE);
  await log.sealer!.engine.seal();
  expect(log.sealer!.errors).toEqual([]);
  await log.stop();
  expect((await log.open()).errors).toEqual([]);
  await log.sealer!.engine.close(true);
  expect(
    await judge(log, [
      [1, 3],
      [5, 6],
    ]),
  ).toMatchObject({ result: 'valid', sealedEntries: 8 });
  expect(await judge(log, [[1, 3]])).toMatchObject({ failure: 'entries', changed: [[5, 6]] });
  expect(existsSync(`${log.place.keyFile}.erasure`)).toBe(false);
  // A log that has ended gets no entry, and an erased line is left as it is.
  expect(await erase(log, [[0, 2]])).toEqual({ entries: 1, record: 'none' });
  expect(
    await judge(log, [
      [0, 3],
      [5, 6],
    ]),
  ).toMatchObject({ result: 'valid', sealedEntries: 8 });
});

test('what is erased already changes nothing, and is not told again', async () => {
  const log = await rotated();
  await erase(log, [[1, 3]]);
  const before = textOf(log);
  expect(await erase(log, [[1, 3]])).toEqual({ entries: 0, record: 'none' });
  expect(textOf(log)).toBe(before);
  expect(await erase(log, [[1, 4]], 'more')).toEqual({ entries: 1, record: 'written' });
  const record = JSON.stringify({ sealedLogErased: { entries: [[3, 4]], reason: 'more' } });
  expect(textOf(log)).toBe(`${before.replace('line 4', '      ')}${record}\n`);
});

test('a killed run that had told of it is finished after a rotation, and tells nothing twice', async () => {
  const log = await rotated();
  const { place } = log;
  const entries: readonly Range[] = [[1, 2]];
  writeErasure(place.keyFile, { version: 1, entries, reason: 'why', lines: [], isEnded: false });
  const record = `${JSON.stringify({ sealedLogErased: { entries, reason: 'why' } })}\n`;
  appendFileSync(place.log, record);
  log.rename();
  expect(finishErasing(placeOf(log))).toEqual({ entries: 1, record: 'written' });
  expect(textOf(log).split(record)).toHaveLength(2);
  expect(existsSync(`${place.keyFile}.erasure`)).toBe(false);
});

test('an entry is proved beside erased ones, and an erased one by its old text', async () => {
  const log = await rotated();
  await erase(log, [[1, 3]]);
  const { place, verifierKey } = log;
  const given = {
    ...{ verifierKey, files: filesOf(place) },
    ...{ seals: readFileSync(place.seals), hashes: readFileSync(place.hashes) },
  };
  for (const entry of [2, 4]) {
    const { proof = '' } = await proveEntry({ ...given, entry });
    const check = (text: string) =>
      verifyEntryProof({ verifierKey, entry: Buffer.from(text), proof }).result;
    expect([check(`line ${entry + 1}`), check('      ')]).toEqual(['valid', 'invalid']);
  }
  writeFileSync(log.old(1), 'line 0\n      \n      \n');
  expect((await proveEntry({ ...given, files: filesOf(place), entry: 4 })).failure).toBe('entries');
});

test('any entries of any lines are erased, and only they', async () => {
  const line = fc.oneof(
    fc.constantFrom('', ' ', '   ', '\r', 'a'.repeat(300_000)),
    fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll('\n', '')),
  );
  const lines = fc.array(line, { minLength: 1, maxLength: 8 });
  const property = async (texts: string[], pick: number[], tail: string) => {
    const log = new RotatedLog();
    writeFileSync(log.place.log, `${texts.join('\n')}\n${tail}`);
    await log.open();
    await log.sealer!.engine.seal();
    const numbers = [...new Set(pick.map((each) => each % texts.length))];
    const ranges = numbers.map((each): Range => [each, each + 1]);
    const { record } = await erase(log, ranges);
    expect(record).toBe(tail === '' ? 'written' : 'waits');
    const left = texts.map((text, index) =>
      numbers.includes(index) ? ' '.repeat(Buffer.byteLength(text)) : text,
    );
    const read = readFileSync(log.place.log, 'utf8').split('\n');
    expect(read.slice(0, texts.length)).toEqual(left);
    if (tail !== '') {
      expect(await failureOf(erase(log, ranges))).toMatchObject({ reason: 'not-erased' });
      appendFileSync(log.place.log, '\n');
      expect(finishErasing(placeOf(log))).toMatchObject({ record: 'written' });
    }
    await log.sealer!.engine.close(true);
    expect(await judge(log, ranges)).toMatchObject({ result: 'valid' });
  };
  await fc.assert(
    fc.asyncProperty(
      lines,
      fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
      fc.constantFrom('', 'torn'),
      property,
    ),
    { numRuns: 12 },
  );
});

test('files that are gone from the front, and files that are older than the log, shift no number', async () => {
  const log = await rotated();
  rmSync(log.old(1));
  writeFileSync(log.old(2), 'before the log\n');
  expect(await failureOf(erase(log, [[2, 4]]))).toMatchObject({
    message: expect.stringContaining('entry 2 is in no file that is found'),
  });
  await erase(log, [[4, 5]]);
  expect(readFileSync(log.place.log, 'utf8')).toMatch(/^line 4\n {6}\nline 6\n\{/);
});

test('an old file that is erased in does not become newer than the next', async () => {
  const log = await rotated();
  log.rename();
  const before = [2, 1].map((index) => statSync(log.old(index)).mtimeMs);
  await erase(log, [[0, 1]]);
  const after = [2, 1].map((index) => statSync(log.old(index)).mtimeMs);
  expect(after[0]).toBeGreaterThan(before[0]!);
  expect(after[0]).toBeLessThanOrEqual(after[1]!);
});

test.each<[string, Range]>([
  ['first entry', [3, 4]],
  ['last entry', [5, 6]],
  ['every entry', [3, 6]],
])('a file whose %s was erased is known when it is compressed at once', async (_, range) => {
  const log = await rotated();
  await erase(log, [range]);
  log.rename();
  log.append(2);
  log.rename();
  log.append(2);
  const file = log.old(2);
  const { atime, mtime } = statSync(file);
  writeFileSync(`${file}.gz`, gzipSync(readFileSync(file)));
  utimesSync(`${file}.gz`, atime, mtime);
  const files = log.files();
  rmSync(file);
  for (let rotations = 0; rotations < 3; rotations += 1) await log.pass(SETTLE);
  await log.sealer!.engine.seal();
  expect(log.sealer!.errors).toEqual([]);
  await log.sealer!.engine.close(true);
  const verdict = await verdictOn(log.place.log, log.verifierKey, { files, erased: [range] });
  const erasedEntries = range[1] - range[0];
  expect(verdict).toMatchObject({ result: 'valid', sealedEntries: 11, erasedEntries });
});

test('an erased last entry is no emptied file, although every line of an old file was erased', async () => {
  const log = new RotatedLog();
  log.append(2);
  await log.open();
  await log.pass();
  log.rename();
  log.append(2);
  await log.pass();
  await log.pass(SETTLE);
  await log.sealer!.engine.seal();
  await log.stop();
  await erase(log, [
    [0, 2],
    [3, 4],
  ]);
  const sealer = await log.open();
  await log.pass(SETTLE);
  await sealer.engine.close(true);
  expect(sealer.events.filter(({ event }) => event !== 'sealed')).toEqual([]);
  const verdict = await judge(log, [
    [0, 2],
    [3, 4],
  ]);
  expect(verdict).toMatchObject({ result: 'valid', sealedEntries: 5 });
});

/** What prevents an erasing of entry 0 or 5, a part of the words, and the way out that they name. */
const REFUSED: readonly (readonly [
  string,
  (log: RotatedLog) => void,
  string,
  (log: RotatedLog) => void | Promise<void>,
])[] = [
  [
    'missing hashes',
    ({ place }) => renameSync(place.hashes, `${place.hashes}.kept`),
    'put back the newest copy',
    ({ place }) => renameSync(`${place.hashes}.kept`, place.hashes),
  ],
  [
    'hashes that were cut',
    ({ place }) => truncateSync(place.hashes, 64),
    'start a sealer that keeps hashes',
    async (log) => {
      await log.stop().catch(() => undefined);
      await log.open();
    },
  ],
  [
    'a changed line',
    (log) => {
      copyFileSync(log.old(1), `${log.place.folder}/kept`);
      writeFileSync(log.old(1), 'Line 1\nline 2\nline 3\n');
    },
    'line 1, entry 0, was changed after it was sealed',
    (log) => copyFileSync(`${log.place.folder}/kept`, log.old(1)),
  ],
  [
    'a compressed file',
    (log) => {
      writeFileSync(`${log.old(1)}.gz`, gzipSync(readFileSync(log.old(1))));
      rmSync(log.old(1));
    },
    'unpack it, so that the compressed file is gone',
    (log) => {
      writeFileSync(log.old(1), gunzipSync(readFileSync(`${log.old(1)}.gz`)));
      rmSync(`${log.old(1)}.gz`);
    },
  ],
  [
    'a compressed file beside it',
    (log) => writeFileSync(`${log.old(1)}.gz`, gzipSync(readFileSync(log.old(1)))),
    'would keep them: remove it',
    (log) => rmSync(`${log.old(1)}.gz`),
  ],
  [
    'a second name',
    (log) => linkSync(log.old(1), `${log.place.folder}/second`),
    'more than one name',
    (log) => rmSync(`${log.place.folder}/second`),
  ],
  [
    'a key file elsewhere',
    ({ place }) => renameSync(place.keyFile, `${place.keyFile}.kept`),
    'its key is not at',
    ({ place }) => renameSync(`${place.keyFile}.kept`, place.keyFile),
  ],
];

test.each(REFUSED)(
  '%s: nothing is erased until what is said is done',
  async (_, hinder, words, mend) => {
    const log = await rotated();
    hinder(log);
    const before = textOf(log);
    expect(
      await failureOf(
        erase(log, [
          [0, 1],
          [5, 6],
        ]),
      ),
    ).toMatchObject({
      reason: 'not-erased',
      message: expect.stringContaining(words),
    });
    expect(textOf(log)).toBe(before);
    await mend(log);
    expect(
      await erase(log, [
        [0, 1],
        [5, 6],
      ]),
    ).toMatchObject({ entries: 2 });
  },
);

test('what is not sealed is not erased, nor through a link to another file', async () => {
  const log = await rotated();
  log.append(1);
  const unsealed = failureOf(erase(log, [[6, 7]]));
  expect(await unsealed).toMatchObject({
    message: expect.stringContaining('entry 6 is not sealed'),
  });
  const foreign = `${log.place.folder}/foreign`;
  renameSync(log.old(1), foreign);
  symlinkSync(foreign, log.old(1));
  expect(await failureOf(erase(log, [[0, 1]]))).toMatchObject({ reason: 'not-erased' });
  expect(readFileSync(foreign, 'utf8')).toContain('line 1');
});

test('a start finishes what a killed run began, or tells it and goes on', async () => {
  const log = await rotated();
  await log.stop();
  const file = log.old(1);
  const { dev, ino } = statSync(file);
  const hashes = readFileSync(log.place.hashes);
  const placeAt = (entry: number, from: number) => ({
    ...{ file: `${dev}:${ino}`, from, length: 6 },
    leaf: hashes.subarray(32 * entry, 32 * entry + 32).toString('base64'),
  });
  const lines = [placeAt(0, 0), placeAt(1, 7)];
  const { keyFile } = log.place;
  writeErasure(keyFile, { version: 1, entries: [[0, 2]], reason: 'why', lines, isEnded: false });
  rmSync(`${keyFile}.hint`);
  // Another file got the number of one that was removed.
  const foreign = 'LINE 1\nLINE 2\nline 3\n';
  const erased = '      \n      \nline 3\n';
  for (const [text, left] of [
    [foreign, foreign],
    ['      \nline 2\nline 3\n', erased],
  ] as const) {
    writeFileSync(file, text);
    const { errors } = await log.open();
    expect([errors, readFileSync(file, 'utf8')]).toEqual([
      left === foreign ? ['unfinished-erasure'] : [],
      left,
    ]);
    await log.stop();
  }
  await log.open();
  await log.sealer!.engine.close(true);
  expect(await judge(log, [[0, 2]])).toMatchObject({ result: 'valid', sealedEntries: 7 });
});

test('a sealer that may not write to a file goes on with a half erased line', async () => {
  const log = new RotatedLog();
  log.append(2);
  await log.open();
  await log.sealer!.engine.seal();
  await log.stop();
  const { log: file, keyFile } = log.place;
  const { dev, ino } = statSync(file);
  const lines = [{ file: `${dev}:${ino}`, from: 0, length: 6, leaf: '' }];
  writeErasure(keyFile, { version: 1, entries: [[0, 1]], reason: 'why', lines, isEnded: false });
  rmSync(`${keyFile}.hint`);
  writeFileSync(file, '   e 1\nline 2\n');
  linkSync(file, `${log.place.folder}/second`);
  expect((await log.open()).errors).toEqual(['unfinished-erasure']);
  log.append(1);
  expect(await log.sealer!.engine.seal()).toMatchObject({ size: 3 });
});

test('the sealer of a program erases, and seals the entry that tells of it', async () => {
  const { log, folder } = newPlace();
  writeFileSync(log, 'one\ntwo\n');
  const keyFile = join(folder, 'state', 'audit.key');
  const sealer = await Sealer.open(log, { origin: ORIGIN, keyFile, depth: 2 });
  onTestFinished(() => sealer.close());
  await sealer.seal();
  for (const [entries, reason, code] of [
    [7, 'why', 'TYPE'],
    [[[1, 1]], 'why', 'VALUE'],
    [[[0, 1]], '', 'VALUE'],
    [[[0, 1]], 7, 'TYPE'],
  ] as const)
    await expect(sealer.erase(wrongly(entries), wrongly(reason))).rejects.toMatchObject({
      code: `ERR_EVOLOCK_ARGUMENT_${code}`,
    });
  await expect(sealer.erase([[0, 3]], 'why')).rejects.toMatchObject({ reason: 'not-erased' });
  expect(await sealer.erase([[0, 1]], 'why')).toEqual({ entries: 1, record: 'written' });
  const verdict = await verdictOn(log, sealer.verifierKey, { erased: [[0, 1]] });
  expect(verdict).toMatchObject({ unsealedEntries: 0, sealedEntries: 3, erasedEntries: 1 });
});
