/** A log that is renewed: each refusal whose advice is to renew is walked to its end. */
import fs, {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { dirname, join } from 'node:path';
import { renewLog, Sealer, SealerError } from '@evolock/sealed-log';
import { wrongly } from '@evolock/test-support';
import { NOBODY } from '@evolock/test-support/ordinary-user';
import { expect, onTestFinished, test, vi } from 'vitest';
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

const optionsOf = (place: Place, origin = ORIGIN) => ({
  origin,
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

/** The options of a renewal of a log whose key may be stolen. */
const renewing = (place: Place, number = 2) => ({
  ...optionsOf(place, `${ORIGIN}/${String(number)}`),
  reason: 'the key may be stolen',
  stolen: true,
});

interface FirstEntry {
  readonly sealedLogRenewed: Record<string, string>;
}

/** Expects a new log with a first entry that names the old one, and that a sealer goes on with. */
async function expectRenewed(
  place: Place,
  verifierKey: string,
  { number = 2, keyFile = optionsOf(place).keyFile } = {},
): Promise<Record<string, string>> {
  append(place);
  const options = optionsOf(place, `${ORIGIN}/${String(number)}`);
  const { engine } = await opened(place, { ...options, keyFile });
  expect(engine.verifierKey).toBe(verifierKey);
  await engine.tick();
  await engine.close(false);
  expect(await verdictOn(place.log, verifierKey)).toMatchObject({
    reasons: ['end-unproved'],
    sealedEntries: 2,
  });
  const [line = ''] = readFileSync(place.log, 'utf8').split('\n');
  return (JSON.parse(line) as FirstEntry).sealedLogRenewed;
}

test('a stolen log is ended and renewed: the old one verifies under its new name, and its key is gone', async () => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  append(place);
  const renewed = await renewLog(place.log, renewing(place));
  const old = `${place.log}.old-1`;
  expect(renewed).toEqual({
    oldVerifierKey,
    oldEnded: true,
    oldFiles: [
      ...[old, `${old}.hashes`, `${place.checkpointFile}.old-1.chain`],
      ...[`${place.checkpointFile}.old-1`, `${old}.seals`],
    ],
    verifierKey: expect.any(String),
  });
  // What was not sealed is sealed by the end.
  expect(await verdictOn(old, oldVerifierKey)).toMatchObject({
    result: 'valid',
    ended: true,
    sealedEntries: 5,
  });
  const entry = await expectRenewed(place, renewed.verifierKey);
  expect(entry).toEqual({
    ...{ reason: 'the key may be stolen', oldLog: 'audit.log.old-1', oldVerifierKey },
    oldSeal: readFileSync(`${old}.seals`, 'latin1').split('\n').at(-2),
    oldCheckpoint: readFileSync(`${place.checkpointFile}.old-1`, 'utf8'),
    time: expect.any(String),
  });
  // Once more, and the names do not collide.
  const again = await renewLog(place.log, renewing(place, 3));
  expect(again.oldFiles).toContain(`${place.log}.old-2`);
  expect(again.oldVerifierKey).toBe(renewed.verifierKey);
  expect(await verdictOn(`${place.log}.old-2`, renewed.verifierKey)).toMatchObject({
    result: 'valid',
    ended: true,
  });
  await expectRenewed(place, again.verifierKey, { number: 3 });
  const names = [place.folder, join(place.folder, 'state')].flatMap((each) => readdirSync(each));
  expect(names.filter((name) => /renewal|evolock/.test(name))).toEqual([]);
});

test('a log that a sealer could go on with is renewed only when its key may be stolen', async () => {
  const place = newPlace();
  await sealed(place, 2);
  const before = [place.log, place.seals, optionsOf(place).keyFile].map((file) =>
    readFileSync(file),
  );
  const { stolen, ...options } = renewing(place);
  expect(stolen).toBe(true);
  const expectRefused = async () => {
    await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason: 'could-go-on' });
    const after = [place.log, place.seals, options.keyFile].map((file) => readFileSync(file));
    expect(after).toEqual(before);
    expect(readdirSync(join(place.folder, 'state')).sort()).toEqual([
      'audit.key',
      'audit.key.hint',
    ]);
  };
  await expectRefused();
  // Old files are looked for under names that begin with that of the log.
  renameSync(place.log, `${place.log}-20261202`);
  writeFileSync(place.log, '');
  await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason: 'could-go-on' });
  rmSync(place.log);
  renameSync(`${place.log}-20261202`, place.log);
  await expectRefused();
  // Its own name is no name of a new log.
  await expect(
    renewLog(place.log, { ...options, stolen: true, origin: ORIGIN }),
  ).rejects.toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE' });
  // With an old copy of the key a start goes on too, and says what is not protected.
  const other = newPlace();
  const deep = { ...optionsOf(other), depth: 3 };
  await (await Sealer.open(other.log, deep)).close();
  const copy = readFileSync(deep.keyFile);
  await (await Sealer.open(other.log, deep)).close();
  writeFileSync(deep.keyFile, copy);
  await expect(renewLog(other.log, { ...options, keyFile: deep.keyFile })).rejects.toMatchObject({
    reason: 'could-go-on',
  });
});

test('nothing is believed of the old log that its key did not sign, and no record in its folder', async () => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  const other = newPlace();
  const otherKey = await sealed(other);
  const line = JSON.stringify({
    sealedLogRenewed: {
      reason: 'of an intruder',
      oldLog: 'audit.log.old-1',
      oldVerifierKey: otherKey,
    },
  });
  writeFileSync(`${place.log}.renewal`, `${line}\n`);
  writeFileSync(place.log, `${line}\n`);
  rmSync(optionsOf(place).keyFile);
  writeFileSync(place.seals, readFileSync(other.seals));
  const { stolen: _, ...options } = renewing(place);
  await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason: 'unknown-key' });
  const renewed = await renewLog(place.log, { ...options, oldVerifierKey });
  expect(renewed.oldVerifierKey).toBe(oldVerifierKey);
  const { oldSeal, reason, oldCheckpoint } = await expectRenewed(place, renewed.verifierKey);
  expect([oldSeal, reason]).toEqual([undefined, options.reason]);
  expect(oldCheckpoint).toBe(readFileSync(`${place.checkpointFile}.old-1`, 'utf8'));
});

test('the verifier key of a log without a key file comes from the caller, or is said to be unknown', async () => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  const kept = readFileSync(place.checkpointFile, 'utf8');
  const { stolen: _, ...options } = renewing(place);
  rmSync(options.keyFile);
  for (const wrong of [{ oldVerifierKey: 'none' }, { oldVerifierKey, withoutOldKey: true }])
    await expect(renewLog(place.log, { ...options, ...wrong })).rejects.toMatchObject({
      code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
    });
  await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason: 'unknown-key' });
  const lost = await renewLog(place.log, { ...options, oldVerifierKey });
  expect([lost.oldVerifierKey, lost.oldEnded]).toEqual([oldVerifierKey, false]);
  const entry = await expectRenewed(place, lost.verifierKey);
  expect(entry).toMatchObject({ oldVerifierKey, oldCheckpoint: kept });
  const [log = ''] = lost.oldFiles;
  expect(await verdictOn(log, oldVerifierKey, { checkpoints: [{ note: kept }] })).toMatchObject({
    reasons: ['end-unproved'],
  });
  // An end erases the key.
  await (await Sealer.open(place.log, optionsOf(place, `${ORIGIN}/2`))).close({ end: true });
  rmSync(place.checkpointFile);
  const third = { ...options, origin: `${ORIGIN}/3` };
  const ended = await renewLog(place.log, { ...third, oldVerifierKey: lost.verifierKey });
  expect(ended.oldEnded).toBe(true);
  const { oldCheckpoint: note = '' } = await expectRenewed(place, ended.verifierKey, { number: 3 });
  const more = { checkpoints: [{ note }] };
  expect(await verdictOn(`${place.log}.old-2`, lost.verifierKey, more)).toMatchObject({
    result: 'valid',
    ended: true,
  });
  rmSync(options.keyFile);
  const fourth = { ...options, origin: `${ORIGIN}/4`, withoutOldKey: true };
  const { oldVerifierKey: unknown, verifierKey } = await renewLog(place.log, fourth);
  expect(unknown).toBeUndefined();
  const { oldCheckpoint, oldSeal } = await expectRenewed(place, verifierKey, { number: 4 });
  expect([oldCheckpoint, oldSeal]).toEqual([undefined, undefined]);
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
  'damaged-seals': (place) => {
    writeFileSync(place.seals, '');
    truncateSync(place.seals, 2 ** 43 - 4096);
  },
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
    const { stolen: _, ...options } = { ...renewing(place), oldVerifierKey, reason };
    const needsPlace = ['damaged-key', 'other-log', 'no-seals', 'damaged-seals'].includes(reason);
    if (needsPlace)
      await expect(renewLog(place.log, options)).rejects.toMatchObject({
        reason: reason === 'damaged-key' ? reason : 'unproved-key',
      });
    const keyFile = needsPlace ? `${options.keyFile}.new` : options.keyFile;
    const { verifierKey, ...old } = await renewLog(place.log, { ...options, keyFile });
    const entry = await expectRenewed(place, verifierKey, { keyFile });
    expect(entry['reason']).toBe(reason);
    expect(old.oldVerifierKey).toBe(oldVerifierKey);
    expect(entry['oldCheckpoint']).toBe(kept);
  },
);

test.each<[string, (place: Place) => void]>([
  ['lost', (place) => rmSync(place.seals)],
  ['emptied', (place) => truncateSync(place.seals)],
  ['damaged', (place) => writeFileSync(place.seals, 'no seals\n')],
])('a key is never erased beside %s seals, with which the log goes on', async (_, damage) => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  const seals = readFileSync(place.seals);
  damage(place);
  const { stolen: __, ...options } = renewing(place);
  const before = readFileSync(options.keyFile);
  for (const more of [{}, { withoutOldKey: true }, { oldVerifierKey }])
    for (const stolen of [false, true])
      await expect(renewLog(place.log, { ...options, ...more, stolen })).rejects.toMatchObject({
        reason: 'unproved-key',
        message: expect.stringContaining('its seals are elsewhere'),
      });
  expect(readFileSync(options.keyFile)).toEqual(before);
  writeFileSync(place.seals, seals);
  const { engine } = await opened(place, optionsOf(place));
  await engine.close(false);
  damage(place);
  const keyFile = `${options.keyFile}.new`;
  const known = { ...options, oldVerifierKey, keyFile };
  const { verifierKey, oldEnded } = await renewLog(place.log, known);
  await expectRenewed(place, verifierKey, { keyFile });
  expect([oldEnded, existsSync(options.keyFile)]).toEqual([false, true]);
});

test('what is not the log of the key file, and a log without a seal, are not renewed', async () => {
  const [place, other] = [newPlace(), newPlace()];
  const oldVerifierKey = await sealed(place);
  const options = renewing(place);
  await (await Sealer.open(other.log, { ...optionsOf(other), origin: 'other' })).close();
  const { keyFile } = optionsOf(other);
  const before = readFileSync(keyFile);
  for (const known of [{}, { oldVerifierKey }])
    await expect(renewLog(place.log, { ...options, keyFile, ...known })).rejects.toMatchObject({
      reason: 'unproved-key',
    });
  expect(readFileSync(keyFile)).toEqual(before);
  expect(existsSync(`${place.log}.old-1`)).toBe(false);
  const missing = { ...options, oldVerifierKey, keyFile: `${keyFile}.missing` };
  await expect(renewLog(`${place.log}.2`, missing)).rejects.toMatchObject({ reason: 'not-sealed' });
  const sealer = await Sealer.open(place.log, optionsOf(place));
  await expect(renewLog(place.log, options)).rejects.toMatchObject({ reason: 'locked' });
  await sealer.close();
  const wrong = [
    ...[{ reason: 7 }, { reason: '' }, { stolen: 1 }, { withoutOldKey: 'yes' }],
    { memory: true, keyFile: undefined },
  ];
  for (const each of wrong)
    await expect(renewLog(place.log, wrongly({ ...options, ...each }))).rejects.toMatchObject({
      code: expect.stringMatching(/^ERR_EVOLOCK_ARGUMENT/),
    });
});

test('words that another program puts into the new file before the first seal are not sealed first', async () => {
  const place = newPlace();
  const oldVerifierKey = await sealed(place, 2);
  const { keyFile, ...options } = renewing(place);
  const { linkSync } = fs;
  const restore = () => {
    fs.linkSync = linkSync;
    syncBuiltinESMExports();
  };
  onTestFinished(restore);
  let planted = 0;
  // When the new key gets its name.
  fs.linkSync = (from, to) => {
    if (to === keyFile) {
      planted += 1;
      writeFileSync(place.log, planted === 1 ? 'of an intruder\n' : '');
    }
    linkSync(from, to);
  };
  syncBuiltinESMExports();
  await expect(renewLog(place.log, { ...options, keyFile })).rejects.toMatchObject({
    reason: 'changed-file',
  });
  restore();
  expect(planted).toBe(1);
  await expect(Sealer.open(place.log, optionsOf(place, `${ORIGIN}/2`))).rejects.toMatchObject({
    reason: 'renewing',
  });
  // The name of the new log is that of the record.
  await expect(
    renewLog(place.log, { ...options, keyFile, origin: `${ORIGIN}/3` }),
  ).rejects.toMatchObject({ code: 'ERR_EVOLOCK_ARGUMENT_VALUE' });
  const renewed = await renewLog(place.log, { ...options, keyFile });
  expect(renewed.oldVerifierKey).toBe(oldVerifierKey);
  expect(readFileSync(`${place.log}.old-2`, 'utf8')).toBe('of an intruder\n');
  const entry = await expectRenewed(place, renewed.verifierKey);
  expect(entry).toMatchObject({
    reason: options.reason,
    oldLog: 'audit.log.old-1',
    oldVerifierKey,
  });
  // Called once more, it is a renewal to a name that the log has.
  await expect(renewLog(place.log, { ...options, keyFile })).rejects.toMatchObject({
    code: 'ERR_EVOLOCK_ARGUMENT_VALUE',
  });
});

const isRoot = process.geteuid?.() === 0;
const asRoot = isRoot ? '' : ' (skipped: only root can give files to other users)';

test.skipIf(!isRoot)(
  `root renews the log of another user, and files keep their owners${asRoot}`,
  async () => {
    const place = newPlace();
    await sealed(place, 2);
    const [app, sealer] = [NOBODY, NOBODY - 1];
    const options = renewing(place);
    const { log, seals, hashes, checkpointFile, folder } = place;
    for (const file of [log, folder]) chownSync(file, app, app);
    const state = [options.keyFile, `${options.keyFile}.hint`];
    const ofSealer = [seals, hashes, checkpointFile, `${checkpointFile}.chain`, ...state];
    for (const file of [...ofSealer, dirname(options.keyFile)]) chownSync(file, sealer, sealer);
    chmodSync(seals, 0o640);
    vi.spyOn(process, 'geteuid').mockReturnValue(sealer);
    await expect(renewLog(log, options)).rejects.toMatchObject({ reason: 'foreign-log' });
    vi.mocked(process.geteuid!).mockRestore();
    await renewLog(log, options);
    expect(statSync(log).uid).toBe(app);
    expect(ofSealer.map((file) => statSync(file).uid)).toEqual(ofSealer.map(() => sealer));
    expect([statSync(seals).mode & 0o777, statSync(options.keyFile).mode & 0o777]).toEqual([
      0o640, 0o600,
    ]);
  },
);

test.each(['seals', 'hashes', 'checkpointFile'] as const)(
  "a file at %s that is not the sealer's alone ends a renewal before anything is changed",
  async (name) => {
    const place = newPlace();
    await sealed(place, 2);
    const options = renewing(place);
    fs.linkSync(place[name], join(place.folder, 'second'));
    const before = readFileSync(options.keyFile);
    await expect(renewLog(place.log, options)).rejects.toMatchObject({
      message: expect.stringContaining('more than one name'),
    });
    expect(readFileSync(options.keyFile)).toEqual(before);
    rmSync(join(place.folder, 'second'));
    await renewLog(place.log, options);
  },
);
