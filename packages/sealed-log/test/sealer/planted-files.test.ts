/** Links, pipes, folders and devices in the place of the files of a sealer, by the owner of the folder of the log. */
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { AppendedFile } from '../../src/following/appended-file.js';
import { EntryFile } from '../../src/following/entry-file.js';
import { SealsFile } from '../../src/following/seals-file.js';
import { renewLog } from '../../src/renewal/renew.js';
import {
  append,
  failureOf,
  newPlace,
  opened,
  Opened,
  ORIGIN,
  type Place,
} from '../support/engines.js';
import { scriptRun } from '../support/processes.js';

/** The files that only the sealer writes. */
const OWN = {
  'the seals': ({ seals }: Place) => seals,
  'the hashes': ({ hashes }: Place) => hashes,
  'the checkpoint': ({ checkpointFile }: Place) => checkpointFile,
};
const own = Object.entries(OWN);

const refused = async (place: Place): Promise<unknown> =>
  ((await failureOf(new Opened(place).open())) as { reason?: unknown } | undefined)?.reason;

test.each(own)('a link in the place of %s is not followed', async (_, fileOf) => {
  const place = newPlace();
  append(place, 2);
  const other = join(place.folder, 'other');
  for (const content of [undefined, 'a file of the user of the sealer\n'.repeat(9)]) {
    if (content !== undefined) writeFileSync(other, content);
    symlinkSync(other, fileOf(place));
    expect(await refused(place)).toBe('symbolic-link');
    expect(existsSync(other) ? readFileSync(other, 'utf8') : undefined).toBe(content);
    unlinkSync(fileOf(place));
  }
  await opened(place);
});

test.each(own)('a folder in the place of %s is refused', async (_, fileOf) => {
  const place = newPlace();
  mkdirSync(fileOf(place));
  expect(await refused(place)).toBe('not-regular');
});

test('a device is no file of a log', async () => {
  for (const open of [
    () => new SealsFile('/dev/null'),
    () => AppendedFile.open('/dev/null', { size: 0, keyFile: undefined }),
    () => EntryFile.open('/dev/null', 0),
  ])
    expect(open).toThrow(expect.objectContaining({ reason: 'not-regular' }));
  const place = newPlace();
  symlinkSync('/dev/null', place.log);
  expect(await refused(place)).toBe('not-regular');
});

test('the name of the log can be a link to the newest of its files', async () => {
  const place = newPlace();
  const days = ['audit-1.txt', 'audit-2.txt'].map((name) => join(place.folder, name));
  const options = { settle: 0, rotated: 'audit-*.txt' };
  const { engine, errors } = await opened(place, options);
  for (const day of days) {
    writeFileSync(day, 'a line\n');
    if (existsSync(place.log)) unlinkSync(place.log);
    symlinkSync(day, place.log);
    await engine.seal();
  }
  expect((await engine.seal()).size).toBe(2);
  expect(errors).toEqual([]);
});

/** With the key in another folder than the log, as a sealer wants it. */
function newLog(): Place {
  const place = newPlace();
  const state = join(place.folder, 'state');
  mkdirSync(state);
  append(place, 2);
  return { ...place, keyFile: join(state, 'audit.key') };
}

test('a link at the log ends a renewal before the key is erased', async () => {
  const place = newLog();
  await (await opened(place)).engine.close(false);
  const { log, keyFile } = place;
  unlinkSync(log);
  const target = join(place.folder, 'other');
  writeFileSync(target, 'a line\n');
  symlinkSync(target, log);
  const options = { origin: `${ORIGIN}/2`, keyFile, depth: 1, reason: 'a test', stolen: true };
  await expect(renewLog(log, options)).rejects.toThrow('symbolic link');
  expect([existsSync(keyFile), readFileSync(target, 'utf8')]).toEqual([true, 'a line\n']);
});

/** In a process of its own, which can be killed when it waits for the other end of a pipe. */
const script = `
  const { execFileSync } = await import('node:child_process');
  const { renameSync, rmSync } = await import('node:fs');
  const [log, checkpointFile, keyFile, ...pipes] = process.argv.slice(1);
  const { renewLog, Sealer } = await import('@evolock/sealed-log');
  const options = { origin: 'example.com/tests', keyFile, checkpointFile, depth: 1 };
  const open = async () => (await Sealer.open(log, options)).close();
  const renewal = { origin: 'example.com/tests/2', reason: 'a test', stolen: true };
  const renew = () => renewLog(log, { ...options, ...renewal });
  await open();
  for (const pipe of pipes) {
    const kept = pipe + '.kept';
    renameSync(pipe, kept);
    execFileSync('mkfifo', [pipe]);
    for (const call of [open, renew])
      console.log(await call().then(() => 'done', ({ message }) => message));
    rmSync(pipe);
    renameSync(kept, pipe);
  }
  await open();`;

test('neither a sealer nor a renewal waits for the other end of a pipe', async () => {
  const place = newLog();
  const { log, checkpointFile, keyFile } = place;
  const files = own.map(([, fileOf]) => fileOf(place));
  const pipes = [...files, `${checkpointFile}.chain`, log];
  const args = [log, checkpointFile, keyFile, ...pipes];
  const child = scriptRun(script, args);
  const [output, closed] = await Promise.all([text(child.stdout!), once(child, 'close')]);
  expect([closed, output.trimEnd().split('\n')]).toEqual([
    [0, null],
    pipes
      .flatMap((file) => [file, file])
      .map((file) => `the system refuses: ${file}: it is not a regular file`),
  ]);
});
