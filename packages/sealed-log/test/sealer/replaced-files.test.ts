/** A start, when each file of a log was replaced by its copy of an earlier day, or by the file of another log. */
import { copyFileSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  append,
  expectSealed,
  failureOf,
  newPlace,
  opened,
  Opened,
  verdictOn,
  type Place,
} from '../support/engines.js';

const DEPTH = 3;

/** The files of a log, by what they are. */
const filesOf = (place: Place) => ({
  'the log': place.log,
  'the seals': place.seals,
  'the hashes': place.hashes,
  'the key file': place.keyFile,
  'the hint': `${place.keyFile}.hint`,
  'the checkpoint': place.checkpointFile,
});

type Name = keyof ReturnType<typeof filesOf>;
const NAMES = Object.keys(filesOf({} as Place)) as Name[];

/** Makes seals, each of two new entries, and closes. */
async function sealTimes(place: Place, count: number): Promise<string> {
  const { engine, errors } = await opened(place, { depth: DEPTH });
  for (let made = 0; made < count; made += 1) {
    append(place, 2);
    await engine.seal();
  }
  await engine.close(false);
  expect(errors).toEqual([]);
  return engine.verifierKey;
}

function copyOf(place: Place): Record<Name, Buffer> {
  const entries = Object.entries(filesOf(place)).map(([name, file]) => [name, readFileSync(file)]);
  return Object.fromEntries(entries) as Record<Name, Buffer>;
}

/** Replaces files by new ones. The old ones stay, since the system could give their numbers to the new ones. */
let replaced = 0;
function putBack(place: Place, copy: Record<Name, Buffer>, names: readonly Name[]): void {
  for (const name of names) {
    const file = filesOf(place)[name];
    renameSync(file, `${file}.old-${String((replaced += 1))}`);
    writeFileSync(file, copy[name], { mode: 0o600 });
  }
}

/** What a start says: the reason of its refusal, or of its error events. */
async function startOf(place: Place): Promise<unknown> {
  const sealer = new Opened(place);
  const refused = await failureOf(sealer.open({ depth: DEPTH }));
  if (refused !== undefined) return (refused as { reason?: unknown }).reason;
  append(place);
  await sealer.engine.close(false);
  return sealer.errors.length === 0 ? 'goes on' : sealer.errors;
}

describe('a copy of an earlier day', () => {
  test.each([
    ['the log', 'missing-entries'],
    ['the seals', 'missing-seals'],
    ['the hashes', ['remade-hashes']],
    // Seals 2 to 4 were made with keys that this copy still has.
    ['the key file', ['unprotected']],
    ['the hint', 'goes on'],
    ['the checkpoint', 'goes on'],
  ] as const)('of %s alone: %j', async (name, expected) => {
    const place = newPlace();
    const verifierKey = await sealTimes(place, 2);
    const early = copyOf(place);
    await sealTimes(place, 3);
    const whole = copyOf(place);
    putBack(place, early, [name]);
    expect(await startOf(place)).toEqual(expected);
    if (expected === 'missing-entries' || expected === 'missing-seals') {
      putBack(place, whole, NAMES);
      expect(await startOf(place)).toBe('goes on');
    }
    await expectSealed(place, verifierKey);
    expect(await verdictOn(place.log, verifierKey)).toMatchObject({
      reasons: ['end-unproved'],
      seals: 6,
      hashesWrong: false,
    });
  });

  test('of the whole folder goes on, since it agrees with itself, and only a checkpoint kept elsewhere shows it', async () => {
    const place = newPlace();
    const verifierKey = await sealTimes(place, 2);
    const early = copyOf(place);
    await sealTimes(place, 2);
    const elsewhere = readFileSync(place.checkpointFile);
    const checkpoints = [{ note: elsewhere.toString() }];
    putBack(place, early, NAMES);
    expect(await startOf(place)).toBe('goes on');
    expect(await verdictOn(place.log, verifierKey)).toMatchObject({
      reasons: ['end-unproved'],
    });
    expect(await verdictOn(place.log, verifierKey, { checkpoints })).toMatchObject({
      reasons: ['behind-checkpoint', 'end-unproved'],
    });
    // The sealer refuses as soon as it sees that checkpoint, and with it a seal of the same number is a fork.
    const note = readFileSync(place.checkpointFile);
    writeFileSync(place.checkpointFile, elsewhere);
    expect(await startOf(place)).toBe('old-folder');
    writeFileSync(place.checkpointFile, note);
    await sealTimes(place, 1);
    writeFileSync(place.checkpointFile, elsewhere);
    expect(await startOf(place)).toBe('fork');
    expect(await verdictOn(place.log, verifierKey, { checkpoints })).toMatchObject({
      result: 'invalid',
      failure: 'fork',
      at: 3,
    });
  });
});

describe('the file of another log of the same name', () => {
  test.each([
    // The file with the sealed entries is not there.
    ['the log', 'missing-entries'],
    ['the seals', 'wrong-line'],
    ['the hashes', ['remade-hashes']],
    ['the key file', 'wrong-line'],
    ['the hint', 'goes on'],
    ['the checkpoint', ['unknown-checkpoint']],
  ] as const)('%s alone: %j', async (name, expected) => {
    const [place, other] = [newPlace(), newPlace()];
    const verifierKey = await sealTimes(place, 3);
    await sealTimes(other, 3);
    const whole = copyOf(place);
    putBack(place, copyOf(other), [name]);
    expect(await startOf(place)).toEqual(expected);
    if (expected === 'missing-entries' || expected === 'wrong-line') {
      expect(readFileSync(filesOf(place)[name])).toEqual(readFileSync(filesOf(other)[name]));
      putBack(place, whole, [name]);
      expect(await startOf(place)).toBe('goes on');
    }
    expect(await verdictOn(place.log, verifierKey)).toMatchObject({
      reasons: ['end-unproved'],
      seals: 4,
      hashesWrong: false,
    });
  });

  test('key file and seals together are a log of other entries', async () => {
    const [place, other] = [newPlace(), newPlace()];
    await sealTimes(place, 3);
    await sealTimes(other, 3);
    rmSync(place.checkpointFile);
    putBack(place, copyOf(other), ['the key file', 'the seals', 'the hint', 'the hashes']);
    expect(await startOf(place)).toBe('missing-entries');
  });
});

test('a clock that jumps to and fro, also between starts, gives times that never fall', async () => {
  const place = newPlace();
  let verifierKey = '';
  const day = 86_400;
  const jumps = [0, 30 * day, -2 * day, -400, 10, -1_000_000_000, 3 * day, -1];
  let time = 1_795_000_000;
  let latest = 0;
  for (const [run, jump] of jumps.entries()) {
    time += jump;
    const sealer = new Opened(place);
    sealer.time = time;
    await sealer.open({ depth: DEPTH });
    verifierKey = sealer.engine.verifierKey;
    append(place);
    await sealer.engine.seal();
    sealer.time += day;
    await sealer.engine.seal();
    await sealer.engine.close(false);
    const behind = sealer.events.flatMap((event) =>
      event.event === 'clock' && event.behind > 0 ? [event.behind] : [],
    );
    const expected = [latest - time, Math.max(latest, time) - time - day];
    expect(behind, String(run)).toEqual(expected.filter((seconds) => seconds > 300));
    latest = Math.max(latest, time + day);
    expect(sealer.errors).toEqual([]);
  }
  const seals = await expectSealed(place, verifierKey);
  expect(seals.at(-1)!.time).toBe(latest);
});

test('a key file that lies elsewhere than its hint, and a log that was moved with its files, go on', async () => {
  const place = newPlace();
  const verifierKey = await sealTimes(place, 3);
  const moved = newPlace();
  for (const name of ['the log', 'the seals', 'the hashes', 'the key file'] as const) {
    copyFileSync(filesOf(place)[name], filesOf(moved)[name]);
    renameSync(filesOf(place)[name], `${filesOf(place)[name]}.gone`);
  }
  expect(existsSync(filesOf(moved)['the hint'])).toBe(false);
  expect(await startOf(moved)).toBe('goes on');
  expect(await verdictOn(moved.log, verifierKey)).toMatchObject({
    reasons: ['end-unproved'],
    seals: 4,
  });
});
