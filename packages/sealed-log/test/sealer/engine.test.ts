import { createHash } from 'node:crypto';
import {
  appendFileSync,
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { KeyFile } from '@evolock/direct-serialise-io';
import { compactSumKesOfDepth, ed25519, type KesSigningKey } from '@evolock/kes-sum';
import { sealedLogVectors } from '@evolock/test-vectors';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readVerifierKey } from '../../src/format/key.js';
import { END, readSealLine, START } from '../../src/format/seal.js';
import { LEAF_ROOM } from '../../src/native.js';
import { keyMaker, type KeyMaker, type NewKey } from '../../src/sealer/keys.js';
import {
  append,
  expectSealed,
  failureOf,
  fromSeeds,
  linesOf,
  newPlace,
  opened,
  Opened,
  ORIGIN,
  verdictOn,
  type Circumstances,
  type Place,
} from '../support/engines.js';

const { logs } = sealedLogVectors();

/** The bytes of a number of entries of a file. */
function sizeOf(entries: Uint8Array, count: number): number {
  let at = 0;
  for (let found = 0; found < count; found += 1) at = entries.indexOf(0x0a, at) + 1;
  return at;
}

describe('a sealer with the seeds and times of a vector gives its bytes', () => {
  test.each(logs.map((log) => [log.name, log] as const))('%s', async (_, log) => {
    const place = newPlace();
    const { origin, depths, seeds, cuts, entries } = log;
    const { first } = readVerifierKey(log.verifierKey)!;
    const circumstances = {
      origin,
      first,
      newKey: fromSeeds(origin, depths, seeds),
    };
    let sealer = await opened(place, circumstances);
    expect(sealer.engine.verifierKey).toBe(log.verifierKey);
    const notes: string[] = [];
    for (const { size, time, flags } of cuts) {
      if ((flags & START) !== 0) {
        await sealer.engine.close(false);
        sealer = await opened(place, circumstances);
      }
      writeFileSync(place.log, entries.subarray(0, sizeOf(entries, size)));
      sealer.time = time;
      if ((flags & END) !== 0) await sealer.engine.close(true);
      else await sealer.engine.seal();
      notes.push(readFileSync(place.checkpointFile, 'utf8'));
      expect(sealer.errors).toEqual([]);
    }
    await sealer.engine.close(false);
    expect(readFileSync(place.seals, 'latin1')).toBe(Buffer.from(log.seals).toString('latin1'));
    expect(notes).toEqual(log.notes);
    const sealed = cuts.at(-1)!.size;
    expect(readFileSync(place.hashes)).toEqual(Buffer.from(log.hashes.subarray(0, 32 * sealed)));
    const ended = cuts.some(({ flags }) => (flags & END) !== 0);
    expect(existsSync(place.keyFile)).toBe(!ended);
  });
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
    expect(sealer.errors).toEqual([]);
  }
  expect(linesOf(place).at(-2)).toMatch(/^\d+ \d+ 0 15 /);
});

/** A hint with another text, and the hash of it. */
function rehashed(text: string, pattern: RegExp, by: string): string {
  const [found = ''] = text.split('\n');
  const changed = found.replace(pattern, by);
  expect(changed).not.toBe(found);
  return `${changed}\n${createHash('sha256').update(changed).digest('hex')}\n`;
}

test.each([
  ['torn', (text: string) => text.slice(0, -10)],
  ['of another file', (text: string) => rehashed(text, /"inode":"\d+"/, '"inode":"1"')],
  ['with a wrong tree', (text: string) => rehashed(text, /"nodes":\["../, '"nodes":["zz')],
  ['of another version', (text: string) => rehashed(text, /"version":\d+/, '"version":1')],
  ['of another place', (text: string) => rehashed(text, /"offset":\d+/, '"offset":1')],
  ['damaged', (text: string) => text.replace(/"offset":\d+/, '"offset":1')],
  ['of a later seal', (text: string) => rehashed(text, /"size":\d+/, '"size":1000')],
  ['missing', () => ''],
])('a hint that is %s is not used: all entries are read', async (_, change) => {
  const { place, verifierKey } = await sealedLog();
  const hint = `${place.keyFile}.hint`;
  writeFileSync(hint, change(readFileSync(hint, 'latin1')));
  const sealer = await opened(place);
  append(place);
  await sealer.engine.seal();
  expect(sealer.errors).toEqual([]);
  await sealer.engine.close(false);
  await expectSealed(place, verifierKey);
});

test('at an end the hint goes before the key file: no hint is left without one', async () => {
  const place = newPlace();
  const hint = `${place.keyFile}.hint`;
  const { engine } = await opened(place, { depth: 1 });
  await engine.seal();
  rmSync(hint, { force: true });
  // It cannot be removed as a file.
  mkdirSync(hint);
  await expect(engine.close(true)).rejects.toThrow(hint);
  expect(existsSync(place.keyFile)).toBe(true);
  await expect(opened(place)).rejects.toThrow(hint);
  expect(existsSync(place.keyFile)).toBe(true);
  rmdirSync(hint);
  await expect(opened(place)).rejects.toMatchObject({ reason: 'ended' });
  expect(existsSync(place.keyFile)).toBe(false);
});

test('with a hint a start reads nothing that was sealed but the last entry, which shows the file', async () => {
  const { place, verifierKey } = await sealedLog();
  const log = readFileSync(place.log);
  const last = log.lastIndexOf('\n', -2) + 1;
  writeFileSync(place.log, Buffer.concat([Buffer.alloc(last, 'x'), log.subarray(last)]));
  const sealer = await opened(place);
  writeFileSync(place.log, log);
  append(place);
  await sealer.engine.close(false);
  await expectSealed(place, verifierKey);
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
  expect(told()).toEqual([{ event: 'clock', behind: 301 }]);
  const times = (await expectSealed(place, sealer.engine.verifierKey)).map(({ time }) => time);
  expect(new Set(times)).toEqual(new Set([1_795_000_000]));
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
  });
});

/** A log of six seals of keys of two seals each, closed. */
async function sealedLog(): Promise<{ place: Place; verifierKey: string }> {
  const place = newPlace();
  const sealer = await opened(place);
  for (let made = 0; made < 6; made += 1) {
    append(place, 2);
    await sealer.engine.seal();
  }
  await sealer.engine.close(false);
  return { place, verifierKey: sealer.engine.verifierKey };
}

const algorithm = (name: string) =>
  [1, 3].map((depth) => compactSumKesOfDepth(ed25519, depth)).find((each) => each.name === name);

/** The public bytes in a key file that is closed, or of which a copy is read. */
async function partIn({ keyFile }: Place): Promise<Uint8Array> {
  const copy = `${keyFile}.read`;
  copyFileSync(keyFile, copy);
  await using file = await KeyFile.open<KesSigningKey>(copy, algorithm);
  return file.publicBytes;
}

/** Expects that a start is refused for a reason, and that no file changes. */
async function expectRefused(
  place: Place,
  reason: string,
  more: object = {},
  circumstances?: Circumstances,
) {
  const files = [place.log, place.seals, place.keyFile].map((file) =>
    existsSync(file) ? readFileSync(file) : undefined,
  );
  await expect(opened(place, circumstances)).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_SEALER',
    reason,
    ...more,
  });
  expect(
    [place.log, place.seals, place.keyFile].map((file) =>
      existsSync(file) ? readFileSync(file) : undefined,
    ),
  ).toEqual(files);
}

const exactly = (number: number) => ({ seals: { from: number, to: number } });

describe('at a start', () => {
  test('bytes after the last complete line are cut, with an event', async () => {
    const { place, verifierKey } = await sealedLog();
    const whole = readFileSync(place.seals);
    appendFileSync(place.seals, '6 1795');
    const sealer = await opened(place);
    expect(sealer.events).toEqual([{ event: 'truncated', file: place.seals, bytes: 6 }]);
    expect(readFileSync(place.seals)).toEqual(whole);
    await sealer.engine.seal();
    await expectSealed(place, verifierKey);
  });

  test('a line that the key file has and the seals file lacks is appended, whole or torn', async () => {
    const { place, verifierKey } = await sealedLog();
    const whole = readFileSync(place.seals);
    rmSync(place.checkpointFile);
    const before = whole.lastIndexOf('\n', whole.length - 2) + 1;
    for (const size of [before, before + 1, whole.length - 1]) {
      truncateSync(place.seals, size);
      const sealer = await opened(place);
      expect(sealer.errors).toEqual([]);
      expect(readFileSync(place.seals)).toEqual(whole);
      await sealer.engine.close(false);
      await expectSealed(place, verifierKey);
    }
  });

  test('a line that another program changed, and a key file that is missing or of another log, are refused', async () => {
    const { place } = await sealedLog();
    rmSync(place.checkpointFile);
    const [seals, key] = [readFileSync(place.seals), readFileSync(place.keyFile)];
    writeFileSync(place.seals, Buffer.concat([seals.subarray(0, -3), Buffer.from('A=\n')]));
    await expectRefused(place, 'wrong-line');
    writeFileSync(place.seals, Buffer.concat([seals, Buffer.from('nonsense\n')]));
    await expectRefused(place, 'wrong-line');
    writeFileSync(place.seals, seals);
    const named = { detail: place.keyFile };
    await expectRefused(place, 'other-log', named, { origin: 'example.com/other' });
    rmSync(place.keyFile);
    await expectRefused(place, 'no-key', named);
    const other = await sealedLog();
    copyFileSync(other.place.keyFile, place.keyFile);
    await expectRefused(place, 'wrong-line');
    writeFileSync(place.keyFile, key, { mode: 0o600 });
    await (await opened(place)).engine.close(false);
  });

  test('the successions are found, whatever the depths of their keys are, and one that was changed is refused', async () => {
    const place = newPlace();
    let sealer: Opened | undefined;
    for (const depth of [0, 2, 1, 3, 0, 4]) {
      await sealer?.engine.close(false);
      sealer = await opened(place, { depth });
      for (let made = 0; made < 5; made += 1) await sealer.engine.seal();
    }
    const successions = linesOf(place).filter((line) => line.split(' ').length === 7);
    expect(successions.length).toBeGreaterThan(5);
    await sealer?.engine.close(false);
    sealer = await opened(place);
    expect(await sealer.engine.checkpoint()).toMatchObject({
      chain: successions.map((line) => `${line}\n`).join(''),
    });
    await sealer.engine.close(false);
    const whole = readFileSync(place.seals, 'latin1');
    const [first = '', second = '', third = ''] = successions;
    const number = Number(second.split(' ', 1)[0]);
    rmSync(place.checkpointFile);
    writeFileSync(place.seals, whole.replace(`${second}\n`, ''));
    await expectRefused(place, 'missing-seals', { seals: { from: number, to: number } });
    const material = (line: string) => line.split(' ')[6]!;
    writeFileSync(place.seals, whole.replace(material(first), material(third)));
    await expectRefused(place, 'missing-seals');
  });

  test('seals that are missing are named', async () => {
    const { place } = await sealedLog();
    rmSync(place.checkpointFile);
    const lines = linesOf(place);
    writeFileSync(place.seals, `${lines.slice(0, 3).join('\n')}\n`);
    await expectRefused(place, 'missing-seals', { seals: { from: 3, to: 4 } });
    rmSync(place.seals);
    await expectRefused(place, 'no-seals', { seals: { from: 0, to: 4 } });
  });

  test('an old copy of the key evolves past its seals, and an event names them', async () => {
    const place = newPlace();
    const first = await opened(place, { depth: 3 });
    for (let made = 0; made < 5; made += 1) {
      append(place);
      await first.engine.seal();
      if (made === 1) copyFileSync(place.keyFile, `${place.keyFile}.old`);
    }
    await first.engine.close(false);
    renameSync(`${place.keyFile}.old`, place.keyFile);
    const old = readFileSync(place.keyFile);
    const killed = new Opened(place);
    const found: Buffer[] = [];
    killed.listen = () => {
      found.push(readFileSync(place.keyFile));
      throw new Error('killed');
    };
    await expect(killed.open()).rejects.toThrow('killed');
    // A start that was killed when it told of it has changed nothing, so the next one tells it again.
    expect(found).toEqual([old]);
    const sealer = await opened(place);
    expect(sealer.events).toMatchObject([
      {
        event: 'error',
        error: { reason: 'unprotected', seals: { from: 2, to: 4 } },
      },
    ]);
    await sealer.engine.seal();
    await sealer.engine.close(false);
    expect(await expectSealed(place, first.engine.verifierKey)).toHaveLength(6);
  });

  test('an old copy whose successor is lost, and one of an earlier key, are refused', async () => {
    const place = newPlace();
    const sealer = await opened(place);
    await sealer.engine.seal();
    copyFileSync(place.keyFile, `${place.keyFile}.old`);
    await sealer.engine.seal();
    await sealer.engine.close(false);
    copyFileSync(`${place.keyFile}.old`, place.keyFile);
    await expectRefused(place, 'lost-successor');
    const { place: later } = await sealedLog();
    copyFileSync(`${place.keyFile}.old`, later.keyFile);
    rmSync(later.checkpointFile);
    await expectRefused(later, 'earlier-key');
  });

  test('fewer entries than sealed, and changed ones, are refused from their seal on', async () => {
    const { place } = await sealedLog();
    const log = readFileSync(place.log);
    truncateSync(place.log, sizeOf(log, 7));
    await expectRefused(place, 'missing-entries', {
      seals: { from: 3, to: 5 },
    });
    // Without it a start reads all entries again.
    rmSync(`${place.keyFile}.hint`);
    const changed = Buffer.from(log);
    changed[sizeOf(log, 4)]! ^= 1;
    writeFileSync(place.log, changed);
    await expectRefused(place, 'changed-entries', {
      seals: { from: 2, to: 5 },
    });
    rmSync(place.log);
    await expectRefused(place, 'missing-entries', {
      seals: { from: 0, to: 5 },
    });
    writeFileSync(place.log, log);
    const sealer = await opened(place);
    expect(sealer.errors).toEqual([]);
  });

  test('entries that were erased in a file are sealed by their hashes, with a hint and without, and others that were changed are refused', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.nat(11), { minLength: 1, maxLength: 12 }),
        fc.nat(11),
        fc.boolean(),
        async (erased, changed, isHinted) => {
          const { place, verifierKey } = await sealedLog();
          const lines = readFileSync(place.log, 'latin1').split('\n').slice(0, 12);
          for (const index of erased) lines[index] = '';
          append(place, 2);
          const unsealed = readFileSync(place.log, 'latin1').split('\n').slice(12);
          const write = () => writeFileSync(place.log, [...lines, ...unsealed].join('\n'));
          if (!isHinted) rmSync(`${place.keyFile}.hint`);
          const before = lines[changed]!;
          lines[changed] = 'another line, which is longer than it was';
          write();
          await expectRefused(place, 'changed-entries');
          lines[changed] = before;
          write();
          const sealer = await opened(place);
          expect(await sealer.engine.seal()).toMatchObject({ size: 14 });
          expect(sealer.errors).toEqual([]);
          await sealer.engine.close(false);
          const verdict = await verdictOn(place.log, verifierKey);
          expect(verdict).toMatchObject({ reasons: ['pruned'], prunedEntries: erased.length });
          expect(verdict).toMatchObject({ sealedEntries: 14, hashesWrong: false });
        },
      ),
      { numRuns: 6 },
    );
  });

  test('a folder that was put back from a snapshot, and a fork, are refused by the checkpoint kept elsewhere', async () => {
    const { place } = await sealedLog();
    const snapshot = [place.log, place.seals, place.keyFile].map(
      (file) => [file, readFileSync(file)] as const,
    );
    const putBack = () => {
      for (const [file, content] of snapshot) writeFileSync(file, content, { mode: 0o600 });
    };
    const seals = async (count: number) => {
      const sealer = await opened(place);
      for (let made = 0; made < count; made += 1) {
        append(place);
        await sealer.engine.seal();
      }
      await sealer.engine.close(false);
    };
    // Ahead by two successions.
    await seals(5);
    putBack();
    await expectRefused(place, 'old-folder', exactly(10));
    const kept = [place.checkpointFile, `${place.checkpointFile}.chain`].map(
      (file) => [file, readFileSync(file)] as const,
    );
    for (const [file] of kept) rmSync(file);
    await seals(6);
    for (const [file, content] of kept) writeFileSync(file, content);
    // The successors of the two differ, so the chain tells.
    await expect(opened(place)).rejects.toMatchObject({
      reason: expect.stringMatching(/fork|old/),
    });
  });

  test('a checkpoint that is none of this log is told, and does not prevent a start', async () => {
    const { place } = await sealedLog();
    writeFileSync(place.checkpointFile, 'nonsense\n');
    const sealer = await opened(place);
    expect(sealer.errors).toEqual(['unknown-checkpoint']);
  });

  test('a second sealer of a log is refused, and one after it is not', async () => {
    const place = newPlace();
    const first = await opened(place);
    await expect(opened(place)).rejects.toMatchObject({ reason: 'locked' });
    await expect(opened(place, { keyFile: `${place.keyFile}.2` })).rejects.toMatchObject({
      reason: 'locked',
    });
    await first.engine.close(false);
    await opened(place);
  });
});

describe('while it runs', () => {
  test('a line that is half written is cut and written again', async () => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 3 });
    await sealer.engine.seal();
    appendFileSync(place.seals, '1 17');
    await sealer.engine.seal();
    await sealer.engine.close(false);
    await expectSealed(place, sealer.engine.verifierKey);
  });

  test.each([
    ['shorter', (seals: Buffer) => seals.subarray(0, -1)],
    ['changed', (seals: Buffer) => Buffer.concat([Buffer.from('9'), seals.subarray(1)])],
    ['longer', (seals: Buffer) => Buffer.concat([seals, Buffer.from('2 other')])],
  ])('to a seals file that is %s nothing is appended, until it is put back', async (_, change) => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 3 });
    await sealer.engine.seal();
    const whole = readFileSync(place.seals);
    writeFileSync(place.seals, change(whole));
    append(place);
    await expect(sealer.engine.seal()).rejects.toMatchObject({
      reason: 'changed-file',
    });
    await sealer.engine.tick();
    expect(sealer.errors).toEqual(['changed-file']);
    sealer.elapsed = 600_000;
    await sealer.engine.tick();
    expect(sealer.errors).toEqual(['changed-file', 'changed-file']);
    expect(readFileSync(place.seals)).toEqual(change(whole));
    writeFileSync(place.seals, whole);
    await sealer.engine.tick();
    expect(sealer.sealed).toEqual([0, 1]);
    await sealer.engine.close(false);
    await expectSealed(place, sealer.engine.verifierKey);
  });

  const own = [
    ['the seals', ({ seals }: Place) => seals],
    ['the hashes', ({ hashes }: Place) => hashes],
  ] as const;

  test.each(own)(
    'nothing is signed while %s are gone or another file, and it goes on when they are put back',
    async (_, fileOf) => {
      const place = newPlace();
      const sealer = await opened(place, { depth: 3 });
      await sealer.engine.seal();
      const [file, key] = [fileOf(place), readFileSync(place.keyFile)];
      append(place);
      renameSync(file, `${file}.kept`);
      await expect(sealer.engine.seal()).rejects.toMatchObject({ reason: 'changed-file' });
      copyFileSync(`${file}.kept`, file);
      await expect(sealer.engine.seal()).rejects.toMatchObject({ reason: 'changed-file' });
      expect([sealer.sealed, readFileSync(place.keyFile)]).toEqual([[0], key]);
      // A copy is taken at the next start.
      await expect(sealer.engine.close(false)).rejects.toMatchObject({ reason: 'changed-file' });
      const again = await opened(place, { depth: 3 });
      renameSync(file, `${file}.moved`);
      await expect(again.engine.seal()).rejects.toMatchObject({ reason: 'changed-file' });
      renameSync(`${file}.moved`, file);
      await again.engine.seal();
      await again.engine.close(false);
      await expectSealed(place, again.engine.verifierKey);
    },
  );

  test.each([1, 2])(
    'of %i seals whose file is removed, only the last is had from the key file at a start',
    async (count) => {
      const place = newPlace();
      const options = { depth: 3, checkpointFile: undefined };
      const sealer = await opened(place, options);
      for (let made = 0; made < count; made += 1) {
        append(place);
        await sealer.engine.seal();
      }
      rmSync(place.seals);
      append(place);
      await expect(sealer.engine.close(false)).rejects.toMatchObject({ reason: 'changed-file' });
      if (count > 1) {
        const refused = await failureOf(new Opened(place).open(options));
        expect(refused).toMatchObject({ reason: 'no-seals', seals: { from: 0, to: 0 } });
        return;
      }
      // The key file has the only seal.
      const again = await opened(place, options);
      await again.engine.seal();
      await again.engine.close(false);
      await expectSealed(place, sealer.engine.verifierKey);
    },
  );

  test('without the key file memory decides, but the key file of another log stays', async () => {
    const place = newPlace();
    const sealer = await opened(place, { depth: 3 });
    await sealer.engine.seal();
    rmSync(place.keyFile);
    await sealer.engine.seal();
    const { place: other } = await sealedLog();
    copyFileSync(other.keyFile, place.keyFile);
    await expect(sealer.engine.seal()).rejects.toMatchObject({
      reason: 'other-key',
    });
    // The seal that was signed waits, and nothing else is signed.
    expect(linesOf(place)).toHaveLength(3);
    expect(readFileSync(place.keyFile)).toEqual(readFileSync(other.keyFile));
    rmSync(place.keyFile);
    await sealer.engine.tick();
    expect(sealer.sealed).toEqual([0, 1, 2]);
    await sealer.engine.close(false);
    await expectSealed(place, sealer.engine.verifierKey);
  });
});

test('a sealer that cannot open wipes its key and gives its locks back', async () => {
  const place = newPlace();
  const made: NewKey[] = [];
  const newKey: KeyMaker = (first) => {
    const key = keyMaker(ORIGIN, 1)(first);
    made.push(key);
    return key;
  };
  mkdirSync(place.hashes);
  await expect(new Opened(place).open({ newKey })).rejects.toMatchObject({
    reason: 'not-regular',
  });
  expect(made.map(({ signingKey }) => signingKey.released)).toEqual([true]);
  rmdirSync(place.hashes);
  await opened(place);
});

test('a hint is replaced in one step, and neither it nor a checkpoint prevents the other', async () => {
  const place = newPlace();
  const hint = `${place.keyFile}.hint`;
  const sealer = await opened(place, { depth: 3 });
  append(place);
  await sealer.engine.seal();
  const [content, old] = [readFileSync(hint), openSync(hint, 'r')];
  onTestFinished(() => closeSync(old));
  const { note } = (await sealer.engine.checkpoint())!;
  append(place);
  await sealer.engine.seal();
  expect(readFileSync(old)).toEqual(content);
  expect(readFileSync(hint)).not.toEqual(content);
  rmSync(hint);
  mkdirSync(hint);
  await sealer.engine.seal();
  const later = readFileSync(place.checkpointFile, 'utf8');
  expect(later).not.toBe(note);
  expect(later).toBe((await sealer.engine.checkpoint())!.note);
  rmdirSync(hint);
  rmSync(place.checkpointFile);
  mkdirSync(place.checkpointFile);
  await sealer.engine.seal();
  expect(existsSync(hint)).toBe(true);
});

test('a key file whose public part is of another key, or of another number, is refused', async () => {
  const place = newPlace();
  const sealer = await opened(place, { depth: 3, checkpointFile: undefined });
  await sealer.engine.seal();
  const first = await partIn(place);
  await sealer.engine.seal();
  await sealer.engine.close(false);
  const whole = readFileSync(place.keyFile);
  const { place: other } = await sealedLog();
  const wrong = await partIn(other);
  for (const publicBytes of [first, wrong]) {
    const file = await KeyFile.open<KesSigningKey>(place.keyFile, algorithm);
    await file.updateTo(file.key.period, publicBytes);
    await file.close();
    await expectRefused(place, 'other-log', {}, { checkpointFile: undefined });
  }
  writeFileSync(place.keyFile, whole, { mode: 0o600 });
  await opened(place, { checkpointFile: undefined });
});

test('a log that is rotated as the README says is valid, also with a start between', async () => {
  const place = newPlace();
  const sealer = await opened(place, { depth: 4 });
  append(place, 3);
  await sealer.engine.seal();
  const copy = `${place.log}.1`;
  copyFileSync(place.log, copy);
  truncateSync(place.log, 0);
  await sealer.engine.seal();
  append(place, 5);
  await sealer.engine.close(false);
  const again = await opened(place);
  append(place);
  await again.engine.close(true);
  expect([...sealer.errors, ...again.errors]).toEqual([]);
  const verdict = await verdictOn(place.log, sealer.engine.verifierKey, { mustEnd: true });
  expect(verdict).toMatchObject({ result: 'valid', sealedEntries: 9 });
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
