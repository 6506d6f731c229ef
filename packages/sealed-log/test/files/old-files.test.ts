/** The order of old files: a late line, a copy or a clock gives an old file a new time. */
import { appendFileSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isStray, oldestFirst } from '../../src/files/old-files.js';
import { newPlace, opened, verdictOn } from '../support/engines.js';
import { RotatedLog, SETTLE } from '../support/rotated-log.js';

describe('names decide', () => {
  test.each([
    ['dates', ['a.log-20251231', 'a.log-20260101.gz', 'a.log-20260102']],
    ['dates with times', ['a-2026-01-01T09.log', 'a-2026-01-01T10.log', 'a-2026-01-02T01.log']],
    ['seconds since 1970', ['a.log.1790000000', 'a.log.1790000001']],
    ['numbers at the end', ['a.log.10.gz', 'a.log.9', 'a.log.1']],
  ])('%s, whatever the times are', (_, names) => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(names, { minLength: names.length }),
        fc.shuffledSubarray(
          names.map((_name, index) => index),
          { minLength: names.length },
        ),
        (given, times) => {
          const files = given.map((path, index) => ({ path, changed: BigInt(times[index] ?? 0) }));
          const isByTimes = /\.\d$/.test(names.at(-1) ?? '') && areOpposite(files);
          expect(oldestFirst(files).map(({ path }) => path)).toEqual(
            isByTimes ? [...names].reverse() : names,
          );
        },
      ),
    );
  });
});

/** Whether each file of a greater number is younger, as where numbers count up. */
function areOpposite(files: readonly { readonly path: string; readonly changed: bigint }[]) {
  const numbered = files.map(({ path, changed }) => [Number(/\d+/.exec(path)?.[0]), changed]);
  numbered.sort(([left = 0], [right = 0]) => Number(left) - Number(right));
  return numbered.every(([, changed = 0], index) => changed > (numbered[index - 1]?.[1] ?? -1));
}

test('otherwise times decide, and of equal times the names', () => {
  const order = (files: readonly (readonly [path: string, changed: bigint])[]) =>
    oldestFirst(files.map(([path, changed]) => ({ path, changed }))).map(({ path }) => path);
  const counted: [string, bigint][] = [
    ['a.1.log', 1n],
    ['a.2.log', 2n],
    ['a.3.log', 3n],
  ];
  expect(order(counted)).toEqual(['a.1.log', 'a.2.log', 'a.3.log']);
  const [first, second] = ['a.log.1', 'a.log.2'] as const;
  expect(
    order([
      [first, 1n],
      [second, 2n],
    ]),
  ).toEqual([first, second]);
  expect(
    order([
      [first, 1n],
      [second, 1n],
    ]),
  ).toEqual([second, first]);
});

test('three rotations during a stop, and a late line in the oldest file', async () => {
  const log = new RotatedLog();
  log.append(3);
  await log.open();
  await log.pass();
  await log.stop();
  for (let rotations = 0; rotations < 3; rotations += 1) {
    log.rename();
    log.append(2);
  }
  log.append(1, { to: 3 });
  const { engine, errors } = await log.open();
  for (let made = 0; made < 6; made += 1) await log.pass(SETTLE);
  expect(await engine.seal()).toMatchObject({ size: 10 });
  expect(errors).toEqual([]);
  await log.expectWhole();
});

test('two rotations to dated names during a stop, and a late line in the older file', async () => {
  const place = newPlace();
  const circumstances = { rotated: 'audit.log-*', depth: 4 };
  writeFileSync(place.log, 'one\n');
  const { engine } = await opened(place, circumstances);
  await engine.close(false);
  const older = `${place.log}-20260101`;
  const younger = `${place.log}-20260102`;
  renameSync(place.log, older);
  writeFileSync(younger, 'two\n');
  appendFileSync(older, 'late\n');
  writeFileSync(place.log, 'three\n');
  utimesSync(younger, 1_790_000_000, 1_790_000_000);
  utimesSync(older, 1_790_000_001, 1_790_000_001);
  utimesSync(place.log, 1_790_000_002, 1_790_000_002);
  const sealer = await opened(place, circumstances);
  for (let made = 1; made < 6; made += 1) {
    sealer.elapsed = made * SETTLE;
    await sealer.engine.tick();
  }
  await sealer.engine.close(true);
  const files = [older, younger, place.log].map((path) => readFileSync(path));
  expect(
    await verdictOn(place.log, sealer.engine.verifierKey, { files, mustEnd: true }),
  ).toMatchObject({ result: 'valid', sealedEntries: 4 });
});

test('what other programs keep beside a log is not sealed after a stop, unless the pattern names it', async () => {
  const log = new RotatedLog();
  log.append(3);
  await log.open();
  await log.pass();
  await log.stop();
  log.rename();
  log.append(1);
  for (const ending of ['bak', 'pos', 'swp', 'lock'])
    writeFileSync(`${log.place.log}.${ending}`, 'of another program\n');
  const { engine, errors } = await log.open();
  for (let made = 0; made < 6; made += 1) await log.pass(SETTLE);
  expect(await engine.seal()).toMatchObject({ size: 4 });
  expect(errors).toEqual([]);
  const names = (rotated: string) =>
    ['a.log.bak', 'a.log.1', 'a.log.1.bak'].filter((name) => isStray(name, rotated));
  expect([names('a.log.*'), names('a.log.*.bak')]).toEqual([['a.log.bak', 'a.log.1.bak'], []]);
});
