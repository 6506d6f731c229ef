import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { KeyFile } from '@evolock/direct-serialise-io';
import { compactSumKesOfDepth, type KesSigningKey } from '@evolock/kes-sum';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  append,
  linesOf,
  newPlace,
  opened,
  Opened,
  sealedLog,
  sizeOf,
  verdictOn,
  type Circumstances,
  type Place,
} from '../../support/engines.js';

const algorithm = (name: string) =>
  [1, 3].map((depth) => compactSumKesOfDepth(depth)).find((each) => each.name === name);

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

describe('what a start refuses', () => {
  test('a line that another program changed, and a key file that is missing or of another log, are refused', async () => {
    const { place } = await sealedLog();
    rmSync(place.checkpointFile);
    const seals = readFileSync(place.seals);
    const key = readFileSync(place.keyFile);
    writeFileSync(place.seals, Buffer.concat([seals.subarray(0, -3), Buffer.from('A=\n')]));
    await expectRefused(place, 'wrong-line');
    writeFileSync(place.seals, Buffer.concat([seals, Buffer.from('nonsense\n')]));
    await expectRefused(place, 'wrong-line');
    writeFileSync(place.seals, seals);
    const named = { path: place.keyFile };
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
    await expectRefused(place, 'no-seals', { seals: { from: 0, to: 5 } });
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
          const accepted = erased.map((at) => [at, at + 1] as const);
          const verdict = await verdictOn(place.log, verifierKey, { erased: accepted });
          expect(verdict).toMatchObject({ changed: [], erasedEntries: erased.length });
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
    await file.write({ period: file.key.period, publicBytes: publicBytes });
    await file.close();
    await expectRefused(place, 'other-log', {}, { checkpointFile: undefined });
  }
  writeFileSync(place.keyFile, whole, { mode: 0o600 });
  await opened(place, { checkpointFile: undefined });
});
