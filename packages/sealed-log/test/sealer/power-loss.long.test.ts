/** After a loss of power at any moment a sealer goes on, and each seal line that was ever visible is the final one of its number. */
import type * as fs from 'node:fs';
import { appendFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { checkBegin } from '../../src/sealer/sealer.js';
import { verifySealedLog } from '../../src/verify/index.js';
import { native } from '../../src/sealer/keys.js';
import { filesOf, linesOf, newPlace, Opened, ORIGIN, type Place } from '../support/engines.js';
import { nameOf, type Contents, type Disk } from '../support/power-loss.js';

const recorder = vi.hoisted(() => ({ disk: undefined as Disk | undefined }));

/** Every change is told to the disk that is recorded. Nothing is flushed: a loss of power is one of the record. */
vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const isLock = (path: unknown): boolean => String(path).includes('.evolock-lock');
  const locks = new Set<number>();
  const on = (fd: number): Disk | undefined => (locks.has(fd) ? undefined : recorder.disk);
  const at = (path: unknown): Disk | undefined => (isLock(path) ? undefined : recorder.disk);
  const flush = (fd: number): void => on(fd)?.flush(fd);
  const recorded = {
    openSync(path: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode): number {
      const fd = actual.openSync(path, flags, mode);
      if (isLock(path)) locks.add(fd);
      else locks.delete(fd);
      at(path)?.open(fd, String(path));
      return fd;
    },
    writeSync(fd: number, bytes: Uint8Array, offset = 0, length = bytes.length, position = 0) {
      const done = actual.writeSync(fd, bytes, offset, length, position);
      on(fd)?.write(fd, bytes.subarray(offset, offset + done), position);
      return done;
    },
    ftruncateSync(fd: number, size: number): void {
      actual.ftruncateSync(fd, size);
      on(fd)?.truncate(fd, size);
    },
    renameSync(from: string, to: string): void {
      actual.renameSync(from, to);
      at(to)?.rename(from, to);
    },
    linkSync(from: string, to: string): void {
      actual.linkSync(from, to);
      at(to)?.link(from, to);
    },
    unlinkSync(path: string): void {
      actual.unlinkSync(path);
      at(path)?.unlink(path);
    },
    rmSync(path: string, options: fs.RmOptions): void {
      actual.rmSync(path, options);
      at(path)?.unlink(path);
    },
    appendFileSync(path: string, text: string): void {
      const fd = actual.openSync(path, 'a');
      const { size } = actual.fstatSync(fd);
      actual.writeSync(fd, text);
      at(path)?.open(fd, path);
      at(path)?.write(fd, Buffer.from(text), size);
      actual.closeSync(fd);
    },
    fsyncSync: flush,
    fsync(fd: number, done: (error: null) => void): void {
      flush(fd);
      done(null);
    },
  };
  return { ...actual, ...recorded };
});

const real = await vi.importActual<typeof fs>('node:fs');
const { Disk: RecordedDisk } = await import('../support/power-loss.js');

/** A loss of power: what is left, and what was visible before. */
interface Loss {
  readonly left: Contents;
  readonly seen: ReadonlyMap<number, string>;
  readonly verifierKey: string | undefined;
  readonly what: string;
}

/** A place whose key file is in a folder of its own. */
function separatePlace(): Place & { readonly state: string } {
  const place = newPlace();
  const state = join(place.folder, 'state');
  return { ...place, state, keyFile: join(state, 'audit.key') };
}

type SeparatePlace = ReturnType<typeof separatePlace>;

/** Makes the files of a place anew. */
function putBack({ folder, state }: SeparatePlace, contents: Contents): void {
  real.rmSync(folder, { recursive: true });
  real.mkdirSync(state, { recursive: true });
  const names = new Map<Uint8Array, string>();
  for (const [file, content] of contents) {
    const name = names.get(content);
    if (name !== undefined) real.linkSync(name, file);
    else real.writeFileSync(file, content, { mode: 0o600 });
    names.set(content, file);
  }
}

function filesIn({ folder, state }: SeparatePlace): Contents {
  const files = [folder, state].flatMap((each) =>
    real
      .readdirSync(each)
      .filter((name) => name !== 'state' && !name.includes('.evolock-lock'))
      .map((name) => join(each, name)),
  );
  const contents = new Map<bigint, Uint8Array>();
  return new Map(
    files.map((file) => {
      const { ino } = real.statSync(file, { bigint: true });
      const content = contents.get(ino) ?? new Uint8Array(real.readFileSync(file));
      contents.set(ino, content);
      return [file, content];
    }),
  );
}

const CIRCUMSTANCES = { depth: 1, rotated: 'audit.log.*', settle: 5000 };

type Program = (place: Place, open: () => Promise<Opened>) => Promise<void>;

/** What is known of a log before a program runs. */
interface Before {
  readonly disk: Disk;
  readonly seen: ReadonlyMap<number, string>;
  readonly verifierKey: string | undefined;
}

/** Runs a program, and returns each different thing that a loss of power can leave of it, and the moments after each change. */
async function recordOf(
  place: SeparatePlace,
  program: Program,
  before?: Before,
): Promise<{ readonly losses: Loss[]; readonly moments: Before[] }> {
  putBack(place, before?.disk.contents ?? new Map());
  const disk = new RecordedDisk([place.folder, place.state], before?.disk);
  const losses = new Map<string, Loss>();
  const moments: Before[] = [];
  const seen = new Map(before?.seen);
  let verifierKey = before?.verifierKey;
  disk.changed = (what) => {
    const seals = disk.contents.get(place.seals) ?? new Uint8Array(0);
    for (const line of Buffer.from(seals).toString('latin1').split('\n').slice(0, -1)) {
      const number = Number(line.split(' ', 1)[0]);
      expect(line, `a second seal ${String(number)}`).toBe(seen.get(number) ?? line);
      seen.set(number, line);
    }
    const known = { seen: new Map(seen), verifierKey };
    moments.push({ ...known, disk: new RecordedDisk([], disk) });
    // What is visible only grows, so the last of the same losses asks most.
    for (const left of before === undefined ? disk.losses() : disk.extremeLosses())
      losses.set(nameOf(left), { ...known, left, what });
  };
  recorder.disk = disk;
  try {
    await program(place, async () => {
      const sealer = await new Opened(place).open(CIRCUMSTANCES);
      verifierKey = sealer.engine.verifierKey;
      return sealer;
    });
  } finally {
    recorder.disk = undefined;
  }
  const isEqual = nameOf(disk.contents) === nameOf(filesIn(place));
  expect(isEqual, 'the record has every change').toBe(true);
  return { losses: [...losses.values()], moments };
}

/** Starts a sealer on what a loss left, and expects that the log is whole and has every seal that was visible. */
async function expectGoesOn(place: SeparatePlace, { left, seen, ...loss }: Loss): Promise<void> {
  putBack(place, left);
  const note = `${loss.what}: ${[...left.keys()].map((file) => file.slice(place.folder.length)).join()}`;
  const next = new Opened(place);
  // A second signature of a number would differ.
  next.time += 3600;
  const refused: unknown = await next.open(CIRCUMSTANCES).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(next.errors, note).toEqual([]);
  let { verifierKey } = loss;
  if (refused === undefined) {
    expect(verifierKey ?? next.engine.verifierKey, note).toBe(next.engine.verifierKey);
    verifierKey = next.engine.verifierKey;
    real.appendFileSync(place.log, '\nafter the loss\n');
    await next.engine.close(true);
    expect(next.errors, note).toEqual([]);
  } else expect(refused, note).toMatchObject({ reason: 'ended' });
  const lines = linesOf(place);
  for (const [number, line] of seen) expect(lines[number], note).toBe(line);
  const verdict = await verifySealedLog({
    verifierKey: verifierKey!,
    files: filesOf(place),
    seals: real.readFileSync(place.seals),
    hashes: real.readFileSync(place.hashes),
    mustEnd: true,
    cryptography: native,
  });
  expect(verdict, note).toMatchObject({
    failure: undefined,
    ended: true,
    hashesWrong: false,
    seals: lines.length - 1,
  });
}

const write = (place: Place, text: string): void => appendFileSync(place.log, text);

const PROGRAMS: readonly (readonly [string, Program])[] = [
  [
    'a new log, seals and a succession',
    async (place, open) => {
      write(place, 'one\ntwo\nthree');
      const { engine } = await open();
      await engine.seal();
      write(place, ' and more\nfour\n');
      await engine.seal();
      write(place, 'five\n');
      await engine.close(false);
    },
  ],
  [
    'a log that is made after its sealer',
    async (place, open) => {
      const { engine } = await open();
      await engine.seal();
      await engine.seal();
      write(place, 'one\n');
      await engine.seal();
      await engine.close(false);
    },
  ],
  [
    'a start, and the end',
    async (place, open) => {
      write(place, 'one\n');
      await (await open()).engine.close(false);
      const { engine } = await open();
      write(place, 'two\n');
      await engine.seal();
      write(place, 'three\n');
      await engine.close(true);
    },
  ],
  [
    'a rotation',
    async (place, open) => {
      write(place, 'one\ntwo');
      const sealer = await open();
      await sealer.engine.seal();
      renameSync(place.log, `${place.log}.1`);
      appendFileSync(`${place.log}.1`, ' and more');
      write(place, 'three\n');
      await sealer.engine.tick();
      sealer.elapsed += 5000;
      await sealer.engine.seal();
      await sealer.engine.close(false);
    },
  ],
];

test.each(PROGRAMS)('%s, with a loss of power at any moment', async (_, program) => {
  const place = separatePlace();
  const { losses } = await recordOf(place, program);
  expect(losses.length).toBeGreaterThan(50);
  for (const loss of losses) await expectGoesOn(place, loss);
});

// Of what the killed run did not flush, the next start must rely on nothing.
test.each([PROGRAMS[0]!, PROGRAMS[2]!])(
  '%s, killed at any moment, with a loss of power at any moment of the next start',
  async (_, program) => {
    const place = separatePlace();
    const { moments } = await recordOf(place, program);
    expect(moments.length).toBeGreaterThan(50);
    const start: Program = async (_place, open) => {
      const sealer = await open().catch((error: unknown) => {
        expect(error).toMatchObject({ reason: 'ended' });
      });
      await sealer?.engine.close(false);
    };
    let before = '';
    for (const moment of moments) {
      // A flush does not change what a killed run leaves, and before it more can be lost.
      const left = nameOf(moment.disk.contents);
      if (left === before) continue;
      before = left;
      const { losses } = await recordOf(place, start, moment);
      for (const loss of losses) await expectGoesOn(place, loss);
    }
  },
);

test('the name of each new folder of a key file is flushed', () => {
  const { folder, log } = newPlace();
  const made = [folder, join(folder, 'a'), join(folder, 'a', 'b')];
  const flushed: string[] = [];
  recorder.disk = new RecordedDisk(made);
  recorder.disk.changed = (what) => flushed.push(what);
  try {
    checkBegin(log, { origin: ORIGIN, keyFile: join(folder, 'a', 'b', 'audit.key') });
  } finally {
    recorder.disk = undefined;
  }
  expect(flushed.sort()).toEqual(made.slice(0, -1).map((each) => `flush of ${each}`));
});
