/** An erasing that is killed at any system call is finished, and no byte of the text is left on the disk. */
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import {
  callsIn,
  killedAt,
  noStrace,
  traceOf,
  visibleCalls,
  type TracedCall,
} from '@evolock/test-support/strace';
import { expect, onTestFinished, test } from 'vitest';
import { newPlace, Opened, placeIn, verdictOn, type Place } from '../support/engines.js';
import { program } from '../command/sealed-log.js';

const TRACE = traceOf([
  ...['openat', 'write', 'pwrite64', 'ftruncate', 'rename', 'renameat2', 'link', 'unlink'],
  ...['utimensat', 'fsync'],
]);
const ROTATED = { settle: 0, rotated: 'audit.log.*', checkpointFile: undefined };
const SECRET = 'ann@example.com';
const ACCEPTED = [
  [1, 2],
  [4, 6],
] as const;

/** Two files of three sealed lines each, of which three have the text. */
async function prepare(place: Place): Promise<string> {
  writeFileSync(place.log, `one\ntwo ${SECRET}\nthree\n`);
  const { engine } = await new Opened(place).open(ROTATED);
  await engine.seal();
  renameSync(place.log, `${place.log}.1`);
  appendFileSync(place.log, `four\n${`${SECRET} `.repeat(900)}\nsix ${SECRET}\n`);
  await engine.tick();
  await engine.seal();
  await engine.close(false);
  return engine.verifierKey;
}

const places = (place: Place) => [
  ...[place.log, '--key-file', place.keyFile, '--rotated', 'audit.log.*'],
];

function erase(place: Place, prefix: readonly string[] = []) {
  const named = ['1,4-6', '--reason', 'request 17'];
  const line = [...prefix, process.execPath, program, 'erase', place.log, ...named];
  return spawnSync(line[0]!, [...line.slice(1), ...places(place).slice(1)], { encoding: 'utf8' });
}

const textIn = (folder: string): string =>
  readdirSync(folder)
    .map((name) => readFileSync(join(folder, name), 'latin1'))
    .join('');

/** The places of calls on files of a folder, also by a path below its descriptor. */
function placesIn(calls: readonly TracedCall[], folder: string): readonly number[] {
  return visibleCalls(calls, 0, calls.length).filter((index) => {
    const { line } = calls[index]!;
    const isOurs = line.includes(`${folder}/`) || line.includes('/proc/self/fd/');
    return isOurs && !line.includes('evolock-lock');
  });
}

test.skipIf(noStrace !== undefined).each(['the next erase', 'the start of a sealer'])(
  `an erasing that is killed at any system call is finished by %s${noStrace === undefined ? '' : ` (skipped: ${noStrace})`}`,
  async (finisher) => {
    const { folder } = newPlace();
    const place = placeIn(folder);
    const log = `${folder}.strace`;
    onTestFinished(() => rmSync(log, { force: true }));
    const again = async (): Promise<string> => {
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      return prepare(place);
    };
    const strace = (options: readonly string[]) => [
      ...['strace', '-f', '-y', '--signal=none', ...TRACE, ...options],
    ];
    await again();
    expect(erase(place, strace(['-o', log])).status).toBe(0);
    const calls = callsIn(readFileSync(log, 'utf8').replaceAll(/^\d+ +/gm, ''));
    const found = placesIn(calls, folder);
    expect(found.length).toBeGreaterThan(10);
    let begun = 0;
    for (const index of found) {
      const what = calls[index]?.line ?? '';
      const verifierKey = await again();
      const before = textIn(folder);
      const { signal } = erase(place, strace(killedAt(calls, index)));
      expect(signal, what).toBe('SIGKILL');
      const isBegun = existsSync(`${place.keyFile}.erasure`);
      const isDone = readFileSync(place.log, 'utf8').includes('sealedLogErased');
      if (!isBegun && !isDone)
        expect(textIn(folder).includes(SECRET), what).toBe(before.includes(SECRET));
      if (isBegun) begun += 1;
      if (isBegun && finisher === 'the next erase')
        expect(spawnSync(process.execPath, [program, 'erase', ...places(place)]).status, what).toBe(
          0,
        );
      const sealer = await new Opened(place).open(ROTATED);
      expect(sealer.errors, what).toEqual([]);
      await sealer.engine.close(true);
      expect(existsSync(`${place.keyFile}.erasure`), what).toBe(false);
      if (isBegun) expect(textIn(folder), what).not.toContain(SECRET);
      const isErased = isBegun || isDone;
      expect(textIn(folder).split('sealedLogErased'), what).toHaveLength(isErased ? 2 : 1);
      const accepted = isErased ? ACCEPTED : [];
      const verdict = await verdictOn(place.log, verifierKey, { erased: accepted });
      expect(verdict, what).toMatchObject({ result: 'valid', prunedEntries: 0 });
    }
    expect(begun).toBeGreaterThan(4);
  },
);

/** Runs a program of the system, and returns its fault. */
function faultOf(name: string, ...args: readonly string[]): string {
  const { error, status, stderr } = spawnSync(name, args, { encoding: 'utf8' });
  if (error !== undefined) return `${name} is not installed`;
  return status === 0 ? '' : stderr.trim() || `${name} fails`;
}

/** Makes a file system in a file. Returns why that does not succeed. */
function mounted(image: string, folder: string): string {
  writeFileSync(image, '');
  truncateSync(image, 16 << 20);
  return faultOf('mkfs.ext4', '-q', image) || faultOf('mount', '-o', 'loop', image, folder);
}

/** A log on a file system of its own, or why there is none here. */
function onExt4() {
  const { folder } = newPlace();
  const image = join(folder, 'image');
  const disk = join(folder, 'disk');
  mkdirSync(disk);
  const fault = mounted(image, disk);
  let isMounted = fault === '';
  const unmount = (): void => {
    if (isMounted) expect(faultOf('umount', disk)).toBe('');
    isMounted = false;
  };
  onTestFinished(unmount);
  const logs = join(disk, 'logs');
  if (isMounted) mkdirSync(logs);
  return { fault, image, disk, place: placeIn(logs), unmount };
}

test('no byte of an erased text is left on ext4', async ({ skip }) => {
  const { fault, image, disk, place, unmount } = onExt4();
  skip(fault !== '', fault);
  await prepare(place);
  expect(faultOf('sync', '-f', disk)).toBe('');
  expect(readFileSync(image, 'latin1')).toContain(SECRET);
  expect(erase(place).status).toBe(0);
  unmount();
  const left = readFileSync(image, 'latin1');
  expect([left.includes(SECRET), left.includes('four\n')]).toEqual([false, true]);
});

test.for(['audit.log', 'audit.log.1'])(
  'of an append-only %s nothing is erased until the attribute is gone, as is said',
  async (name, { skip }) => {
    const { fault, place } = onExt4();
    const file = join(place.folder, name);
    skip(fault !== '', fault);
    const verifierKey = await prepare(place);
    const unset = faultOf('chattr', '+a', file);
    skip(unset !== '', unset);
    const before = textIn(place.folder);
    const { status, stderr } = erase(place);
    expect([status, textIn(place.folder)]).toEqual([2, before]);
    const [advice] = /chattr -a -i [^,]+/.exec(stderr) ?? [''];
    expect(faultOf('sh', '-c', advice)).toBe('');
    expect(erase(place).status).toBe(0);
    expect(faultOf('chattr', '+a', file)).toBe('');
    expect(textIn(place.folder)).not.toContain(SECRET);
    const { engine } = await new Opened(place).open(ROTATED);
    await engine.close(false);
    const verdict = await verdictOn(place.log, verifierKey, { erased: ACCEPTED });
    expect(verdict).toMatchObject({ result: 'incomplete', reasons: ['end-unproved'] });
  },
);
