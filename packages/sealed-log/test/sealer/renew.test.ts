/** A log that is renewed: each refusal whose advice is to renew is walked to its end. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { renewLog, Sealer, SealerError } from '@evolock/sealed-log';
import { wrongly } from '@evolock/test-support';
import { expect, test } from 'vitest';
import { readKey, readVerifierKey, writeVerifierKey } from '../../src/format/key.js';
import { SUCCESSOR } from '../../src/format/seal.js';
import {
  append,
  failureOf,
  linesOf,
  newPlace,
  opened,
  ORIGIN,
  verdictOn,
  type Place,
} from '../support/engines.js';

const optionsOf = (place: Place) => ({
  origin: ORIGIN,
  keyFile: join(place.folder, 'state', 'audit.key'),
  checkpointFile: place.checkpointFile,
  depth: 1,
});

/** Seals some entries, in runs of a sealer. Returns the verifier key. */
async function sealed(place: Place, runs = 1): Promise<string> {
  mkdirSync(dirname(optionsOf(place).keyFile), { recursive: true });
  let verifierKey = '';
  for (let run = 0; run < runs; run += 1) {
    append(place, 2);
    const { engine } = await opened(place, optionsOf(place));
    verifierKey = engine.verifierKey;
    await engine.tick();
    await engine.seal();
    await engine.close(false);
  }
  return verifierKey;
}

interface FirstEntry {
  readonly sealedLogRenewed: Record<string, string>;
}

/** Expects a new log with a first entry that names the old one, and that a sealer goes on with. */
async function expectRenewed(place: Place, verifierKey: string): Promise<Record<string, string>> {
  append(place);
  const { engine } = await opened(place, optionsOf(place));
  expect(engine.verifierKey).toBe(verifierKey);
  await engine.tick();
  await engine.close(false);
  expect(await verdictOn(place.log, verifierKey)).toMatchObject({
    result: 'valid',
    sealedEntries: 2,
  });
  const [line = ''] = readFileSync(place.log, 'utf8').split('\n');
  return (JSON.parse(line) as FirstEntry).sealedLogRenewed;
}

test('a log is renewed: the old one verifies under its new name, and its key is gone', async () => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  const checkpoint = readFileSync(place.checkpointFile, 'utf8');
  const last = linesOf(place).at(-2);
  const reason = 'the key may be stolen';
  const renewed = await renewLog(place.log, { ...optionsOf(place), reason });
  const old = `${place.log}.old-1`;
  expect(renewed).toEqual({
    oldVerifierKey,
    oldFiles: [
      ...[old, `${old}.hashes`, `${place.checkpointFile}.old-1.chain`],
      ...[`${place.checkpointFile}.old-1`, `${old}.seals`],
    ],
    verifierKey: expect.any(String),
  });
  expect(await verdictOn(old, oldVerifierKey)).toMatchObject({ result: 'valid' });
  const entry = await expectRenewed(place, renewed.verifierKey);
  expect(entry).toEqual({
    ...{ reason, oldLog: 'audit.log.old-1', oldVerifierKey, oldSeal: last },
    oldCheckpoint: checkpoint,
    time: expect.any(String),
  });
  // Once more, and the names do not collide.
  const again = await renewLog(place.log, { ...optionsOf(place), reason });
  expect(again.oldFiles).toContain(`${place.log}.old-2`);
  expect(again.oldVerifierKey).toBe(renewed.verifierKey);
  expect(await verdictOn(`${place.log}.old-2`, renewed.verifierKey)).toMatchObject({
    result: 'valid',
  });
  await expectRenewed(place, again.verifierKey);
  expect(readdirSync(place.folder).filter((name) => name.includes('renewal'))).toEqual([]);
});

test('the old verifier key and the last checkpoint of a log without a key file are those that the caller knows', async () => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  const kept = readFileSync(place.checkpointFile, 'utf8');
  const options = { ...optionsOf(place), reason: 'the key is lost' };
  rmSync(options.keyFile);
  await expect(renewLog(place.log, { ...options, verifierKey: 'none' })).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
  });
  const lost = await renewLog(place.log, { ...options, verifierKey: oldVerifierKey });
  expect(lost.oldVerifierKey).toBe(oldVerifierKey);
  const entry = await expectRenewed(place, lost.verifierKey);
  expect(entry).toMatchObject({ oldVerifierKey, oldCheckpoint: kept });
  const [log = ''] = lost.oldFiles;
  expect(await verdictOn(log, oldVerifierKey, { checkpoints: [{ note: kept }] })).toMatchObject({
    result: 'valid',
  });
  // An end erases the key.
  await (await Sealer.open(place.log, optionsOf(place))).close({ end: true });
  rmSync(place.checkpointFile);
  const ended = await renewLog(place.log, { ...options, verifierKey: lost.verifierKey });
  const { oldCheckpoint: note = '' } = await expectRenewed(place, ended.verifierKey);
  const more = { checkpoints: [{ note }] };
  expect(await verdictOn(`${place.log}.old-2`, lost.verifierKey, more)).toMatchObject({
    result: 'valid',
    ended: true,
  });
  rmSync(options.keyFile);
  const { material } = readVerifierKey(oldVerifierKey)!;
  const other = writeVerifierKey(readKey('example.com/other', material)!);
  const { oldVerifierKey: unknown } = await renewLog(place.log, { ...options, verifierKey: other });
  expect(unknown).toBeUndefined();
});

test('a key file that is damaged anywhere, or cut, is refused with advice that can be followed', async () => {
  const place = newPlace();
  await sealed(place);
  const { keyFile, ...options } = optionsOf(place);
  const whole = readFileSync(keyFile);
  const errors: unknown[] = [];
  const open = async (content: Uint8Array) => {
    writeFileSync(keyFile, content);
    errors.push(await failureOf(opened(place, { ...options, keyFile })));
  };
  for (let at = 0; at < whole.length; at += 7) {
    const changed = Uint8Array.from(whole);
    changed[at] = (changed[at] ?? 0) ^ 1;
    await open(changed);
    await open(whole.subarray(0, at));
  }
  await open(Buffer.concat([whole, whole]));
  expect(errors).toContainEqual(
    expect.objectContaining({ reason: 'damaged-key', path: keyFile, detail: keyFile }),
  );
  for (const error of errors)
    expect(error).toMatchObject({ message: expect.stringContaining('renewLog') });
});

const RENEWALS: Record<string, (place: Place) => void | Promise<void>> = {
  'no-key': (place) => rmSync(optionsOf(place).keyFile),
  'damaged-key': (place) => writeFileSync(optionsOf(place).keyFile, ''),
  'other-log': async (place) => {
    const other = newPlace();
    const options = { ...optionsOf(other), origin: 'example.com/other' };
    await (await Sealer.open(other.log, options)).close();
    copyFileSync(options.keyFile, optionsOf(place).keyFile);
  },
  'wrong-line': (place) => {
    const [line = ''] = linesOf(place).slice(-2);
    const other = line.replace(/ (\d+) /, (_, time) => ` ${String(Number(time) + 1)} `);
    writeFileSync(place.seals, readFileSync(place.seals, 'latin1').replace(line, other));
  },
  'missing-seals': (place) => writeFileSync(place.seals, `${linesOf(place)[0] ?? ''}\n`),
  'no-seals': (place) => rmSync(place.seals),
  'missing-entries': (place) => truncateSync(place.log, 3),
  'changed-entries': (place) => {
    rmSync(`${optionsOf(place).keyFile}.hint`);
    const content = readFileSync(place.log);
    content[0] = 1;
    writeFileSync(place.log, content);
  },
  'earlier-key': async (place) => {
    const { keyFile } = optionsOf(place);
    copyFileSync(keyFile, `${keyFile}.copy`);
    await sealed(place, 3);
    copyFileSync(`${keyFile}.copy`, keyFile);
  },
  'lost-successor': async (place) => {
    const { keyFile } = optionsOf(place);
    const { engine } = await opened(place, optionsOf(place));
    const { number } = await engine.seal();
    copyFileSync(keyFile, `${keyFile}.copy`);
    expect((await engine.seal()).flags, `after ${String(number)}`).toBe(SUCCESSOR);
    await engine.close(false);
    copyFileSync(`${keyFile}.copy`, keyFile);
  },
  'old-folder': (place) => putBack(place, () => sealed(place)),
  fork: async (place) => {
    await putBack(place, () => sealed(place));
    const { engine } = await opened(place, { ...optionsOf(place), checkpointFile: undefined });
    for (let made = 0; made < 2; made += 1) {
      append(place);
      await engine.seal();
    }
    await engine.close(false);
  },
};

/** Puts the files of a log and of its key back as they were before some work. */
async function putBack(place: Place, work: () => Promise<unknown>): Promise<void> {
  const files = [optionsOf(place).keyFile, place.log, place.seals, place.hashes];
  for (const file of files) copyFileSync(file, `${file}.copy`);
  await work();
  for (const file of files) copyFileSync(`${file}.copy`, file);
}

test.each(Object.keys(RENEWALS))(
  'the advice of a refusal is walked to its end: %s',
  async (reason) => {
    const place = newPlace();
    const oldVerifierKey = await sealed(place, 2);
    await RENEWALS[reason]?.(place);
    const error = await failureOf(Sealer.open(place.log, optionsOf(place)));
    expect(error).toBeInstanceOf(SealerError);
    expect(error).toMatchObject({ reason, message: expect.stringContaining('renewLog') });
    const kept = readFileSync(place.checkpointFile, 'utf8');
    const options = { ...optionsOf(place), verifierKey: oldVerifierKey, reason };
    if ((error as SealerError).message.includes('move it away')) {
      await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason });
      renameSync(options.keyFile, `${options.keyFile}.away`);
    }
    if ((error as SealerError).message.includes('create an empty one'))
      await expectNoSeals(place, { ...options, reason });
    const { verifierKey, ...old } = await renewLog(place.log, options);
    const entry = await expectRenewed(place, verifierKey);
    expect(entry['reason']).toBe(reason);
    expect(old.oldVerifierKey).toBe(oldVerifierKey);
    expect(entry['oldCheckpoint']).toBe(kept);
  },
);

/** Expects that `renewLog` says how to go on without a seals file, and does so. */
async function expectNoSeals(place: Place, options: Parameters<typeof renewLog>[1]) {
  await expect(renewLog(place.log, options)).rejects.toMatchObject({
    reason: 'not-sealed',
    message: expect.stringContaining('create an empty file in their place'),
  });
  writeFileSync(place.seals, '');
}

test.each(['changed-entries', 'missing-entries', 'old-folder'])(
  'and that for a log whose only seal is gone with its file: %s',
  async (reason) => {
    const place = newPlace();
    append(place);
    await (await Sealer.open(place.log, optionsOf(place))).close();
    await RENEWALS[reason]?.(place);
    rmSync(place.seals);
    const options = optionsOf(place);
    const error = await failureOf(Sealer.open(place.log, options));
    expect(error).toMatchObject({ reason, message: expect.stringContaining('renewLog') });
    await expectNoSeals(place, { ...options, reason });
    const { verifierKey } = await renewLog(place.log, { ...options, reason });
    await expectRenewed(place, verifierKey);
  },
);

test('what is not the log of the key file, and a log without a seal, are not renewed', async () => {
  const [place, other] = [newPlace(), newPlace()];
  await sealed(place);
  const options = { ...optionsOf(place), reason: 'none' };
  await (await Sealer.open(other.log, { ...optionsOf(other), origin: 'other' })).close();
  const { keyFile } = optionsOf(other);
  const before = readFileSync(keyFile);
  await expect(renewLog(place.log, { ...options, keyFile })).rejects.toMatchObject({
    reason: 'other-log',
  });
  expect(readFileSync(keyFile)).toEqual(before);
  expect(existsSync(`${place.log}.old-1`)).toBe(false);
  await expect(renewLog(`${place.log}.2`, options)).rejects.toMatchObject({ reason: 'not-sealed' });
  const sealer = await Sealer.open(place.log, optionsOf(place));
  await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason: 'locked' });
  await sealer.close();
  const wrong = [{ reason: 7 }, { reason: '' }, { memory: true, keyFile: undefined }];
  for (const each of wrong)
    await expect(renewLog(place.log, wrongly({ ...options, ...each }))).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT/),
    });
});

test('the origin may change', async () => {
  const place = newPlace();
  await sealed(place);
  const options = { ...optionsOf(place), origin: 'example.com/another', reason: 'a new name' };
  const { verifierKey } = await renewLog(place.log, options);
  expect(verifierKey).toMatch(/^example\.com\/another\+/);
});
