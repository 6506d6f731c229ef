import { appendFileSync, existsSync, readFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { END, readSealLine, START } from '../../../src/format/seal.js';
import { LEAF_ROOM } from '../../../src/native.js';
import { keyMaker } from '../../../src/keys/key-file.js';
import { append, expectSealed, linesOf, newPlace, opened, ORIGIN } from '../../support/engines.js';

test('the key that follows is made with the last seal of a key, and never earlier: a thief would have it', async () => {
  const place = newPlace();
  const made: number[] = [];
  const newKey = (first: number, depth?: number) => {
    made.push(first);
    return keyMaker(ORIGIN, 2)(first, depth);
  };
  const sealer = await opened(place, { newKey });
  for (let number = 0; number < 9; number += 1) {
    append(place);
    await sealer.engine.seal();
    // Four seals a key. What was not made is in no memory and in no file.
    expect(made).toEqual(number < 3 ? [0] : number < 7 ? [0, 4] : [0, 4, 8]);
  }
});

test('a log is sealed at once, with new entries after the interval, without after the heartbeat, and at a clean close', async () => {
  const place = newPlace();
  append(place, 3);
  const sealer = await opened(place, { depth: 3 });
  await sealer.engine.tick();
  expect(sealer.sealed).toEqual([0]);
  append(place);
  for (const [elapsed, sealed] of [
    [9_999, [0]],
    [10_000, [0, 1]],
    [609_999, [0, 1]],
    [610_000, [0, 1, 2]],
  ] as const) {
    sealer.elapsed = elapsed;
    await sealer.engine.tick();
    expect(sealer.sealed).toEqual(sealed);
  }
  append(place);
  await sealer.engine.close(false);
  expect(sealer.sealed).toEqual([0, 1, 2, 3]);
  const sizes = (await expectSealed(place, sealer.engine.verifierKey)).map(({ size }) => size);
  expect(sizes).toEqual([3, 4, 4, 5]);
});

test('calls that wait share one seal, which covers what was there when they were made', async () => {
  const place = newPlace();
  const sealer = await opened(place);
  append(place, 2);
  const first = sealer.engine.seal();
  await Promise.resolve();
  append(place);
  const later = await Promise.all([first, sealer.engine.seal(), sealer.engine.seal()]);
  expect(later[1]).toBe(later[2]);
  expect(later[1].size).toBe(3);
});

test('a log goes on after a start, with a flag, over any number of successions, and ends', async () => {
  const place = newPlace();
  let verifierKey = '';
  for (let run = 0; run < 4; run += 1) {
    const sealer = await opened(place, { depth: 1 });
    verifierKey ||= sealer.engine.verifierKey;
    expect(sealer.engine.verifierKey).toBe(verifierKey);
    for (let made = 0; made < 3; made += 1) {
      append(place, made);
      await sealer.engine.seal();
    }
    expect(sealer.errors).toEqual([]);
    await sealer.engine.close(run === 3);
    if (run === 3)
      await expect(sealer.engine.seal()).rejects.toMatchObject({
        reason: 'ended',
      });
  }
  const seals = await expectSealed(place, verifierKey);
  expect(seals.map(({ flags }) => (flags & START) !== 0)).toEqual(
    seals.map((_, at) => [3, 6, 9].includes(at)),
  );
  expect(seals.at(-1)!.flags & END).toBe(END);
  expect(existsSync(place.keyFile)).toBe(false);
  await expect(opened(place)).rejects.toMatchObject({ reason: 'ended' });
});

test('any bytes are entries: none, a carriage return, long lines, lines that are cut anywhere', async () => {
  const place = newPlace();
  const sealer = await opened(place, { depth: 6 });
  const roomy = [-2, -1, 0, 1].map((more) => `${'r'.repeat(LEAF_ROOM + more)}\n`).join('');
  const text = `\n\r\n${'x'.repeat(300_000)}\n\xff\n${'y'.repeat(262_143)}\nz\n${roomy}`;
  for (let at = 0; at < text.length; at += 70_001) {
    appendFileSync(place.log, text.slice(at, at + 70_001), 'latin1');
    await sealer.engine.seal();
  }
  appendFileSync(place.log, 'no newline');
  await sealer.engine.close(false);
  expect((await expectSealed(place, sealer.engine.verifierKey)).at(-1)!.size).toBe(10);
  const hashes = readFileSync(place.hashes);
  rmSync(place.hashes);
  const again = await opened(place);
  expect(again.errors).toEqual([]);
  await again.engine.close(false);
  expect(readFileSync(place.hashes)).toEqual(hashes);
});

test('a log that does not exist yet is sealed as an empty one', async () => {
  const place = newPlace();
  const sealer = await opened(place);
  expect(await sealer.engine.seal()).toMatchObject({ number: 0, size: 0 });
  append(place);
  expect(await sealer.engine.seal()).toMatchObject({ number: 1, size: 1 });
});

test('times never fall, and a clock that is minutes behind is told', async () => {
  const place = newPlace();
  const sealer = await opened(place, { depth: 3 });
  await sealer.engine.seal();
  const told = () => sealer.events.filter(({ event }) => event === 'clock');
  sealer.time -= 300;
  await sealer.engine.seal();
  expect(told()).toEqual([]);
  sealer.time -= 1;
  await sealer.engine.seal();
  expect(told()).toEqual([{ event: 'clock', behind: 301, ahead: 0 }]);
  const times = (await expectSealed(place, sealer.engine.verifierKey)).map(({ time }) => time);
  expect(new Set(times)).toEqual(new Set([1_795_000_000]));
});

test('a clock that runs ahead of the uptime by more than a day fixes no time, until a restart', async () => {
  const place = newPlace();
  const sealer = await opened(place, { depth: 4 });
  const start = sealer.time;
  const timeAfter = async (passed: number, ahead: number) => {
    sealer.time += passed + ahead - sealer.ahead;
    sealer.ahead = ahead;
    return (await sealer.engine.seal()).time - start;
  };
  const day = 86_400;
  expect(await timeAfter(10, day)).toBe(day + 10);
  expect(sealer.errors).toEqual([]);
  expect(await timeAfter(10, day + 1)).toBe(day + 20);
  expect(await timeAfter(10, 10 * day)).toBe(day + 30);
  expect(sealer.errors).toEqual(['clock-ahead']);
  expect(await timeAfter(3 * day, 10 * day)).toBe(4 * day + 30);
  expect(sealer.errors).toEqual(['clock-ahead', 'clock-ahead']);
  // It is set right.
  expect(await timeAfter(2 * day, 0)).toBe(5 * day + 30);
  await sealer.engine.close(false);
  const later = await opened(place, { depth: 4, time: start + 9 * day });
  expect(later.events).toEqual([{ event: 'clock', behind: 0, ahead: 4 * day - 30 }]);
  expect(await later.engine.seal()).toMatchObject({ time: start + 9 * day });
  await expectSealed(place, later.engine.verifierKey);
});

test('a clock that is set right after the start is no fault', async () => {
  const place = newPlace();
  const first = await opened(place);
  await first.engine.seal();
  await first.engine.close(false);
  const { time } = first;
  const sealer = await opened(place, { time: 1000 });
  expect(await sealer.engine.seal()).toMatchObject({ time });
  sealer.time = time + 100;
  sealer.ahead = time + 100 - 1010;
  expect(await sealer.engine.seal()).toMatchObject({ time: time + 100 });
  expect(sealer.errors).toEqual([]);
});

test('a key in memory is on no disk, and the log ends with the sealer', async () => {
  const place = newPlace();
  const sealer = await opened(place, {
    keyFile: undefined,
    checkpointFile: undefined,
  });
  append(place, 2);
  for (let made = 0; made < 5; made += 1) await sealer.engine.seal();
  await sealer.engine.close(false);
  expect((await expectSealed(place, sealer.engine.verifierKey)).at(-1)!.flags & END).toBe(END);
  expect(existsSync(place.keyFile)).toBe(false);
  const memory = { keyFile: undefined };
  await expect(opened(place, memory)).rejects.toMatchObject({
    reason: 'not-new',
    path: place.seals,
  });
});

test('each seal line is what its key file had before', async () => {
  const place = newPlace();
  const sealer = await opened(place);
  for (let made = 0; made < 4; made += 1) {
    await sealer.engine.seal();
    const last = linesOf(place).at(-2)!;
    expect(readFileSync(place.keyFile, 'latin1')).toContain(`${last}\n`);
    expect(readSealLine(last)?.number).toBe(made);
  }
});
