/** After a loss of power at any moment a sealer goes on, and each seal line that was ever visible is the final one of its number. */
import type * as fs from 'node:fs';
import { appendFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { checkBegin } from '../../src/sealer/sealer.js';
import {
  failureOf,
  linesOf,
  newPlace,
  Opened,
  ORIGIN,
  verdictOn,
  type Place,
} from '../support/engines.js';
import { nameOf, type Contents, type Disk } from '../support/power-loss.js';

const recorder = vi.hoisted(() => ({ disk: undefined as Disk | undefined }));

/** Every change is told to the disk that is recorded. Nothing is flushed: a loss of power is one of the record. */
vi.mock('node:fs', async (importOriginal) => {
  const actual = await importOriginal<typeof fs>();
  const isLock = (path: unknown): boolean => String(path).includes('.evolock-lock');
  const locks = new Set<number>();
  const on = (fd: number): Disk | undefined => (locks.has(fd) ? undefined : recorder.disk);
  const at = (path: unknown): Disk | undefined => (isLock(path) ? undefined : recorder.disk);
  /** A file is opened below the descriptor of its folder. */
  const named = (path: unknown): string =>
    String(path).replace(/^\/proc\/self\/fd\/\d+(?=\/)/, (folder) => actual.readlinkSync(folder));
  const flush = (fd: number): void => on(fd)?.flush(fd);
  const recorded = {
    openSync(path: fs.PathLike, flags: fs.OpenMode, mode?: fs.Mode): number {
      const name = named(path);
      const fd = actual.openSync(path, flags, mode);
      if (isLock(path)) locks.add(fd);
      else locks.delete(fd);
      at(path)?.open(fd, name, actual.fstatSync(fd).isDirectory());
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
      at(to)?.rename(named(from), named(to));
    },
    linkSync(from: string, to: string): void {
      actual.linkSync(from, to);
      at(to)?.link(named(from), named(to));
    },
    unlinkSync(path: string): void {
      actual.unlinkSync(path);
      at(path)?.unlink(named(path));
    },
    rmSync(path: string, options: fs.RmOptions): void {
      actual.rmSync(path, options);
      at(path)?.unlink(named(path));
    },
    appendFileSync(path: string, text: string): void {
      const fd = actual.openSync(path, 'a');
      const { size } = actual.fstatSync(fd);
      actual.writeSync(fd, text);
      at(path)?.open(fd, named(path), false);
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

/** What a program showed before a loss of power. */
interface Shown {
  readonly seen: ReadonlyMap<number, string>;
  /** The verifier keys of the log and of its notes. */
  readonly keys: readonly (string | undefined)[] | undefined;
  readonly what: string;
}

/** What losses of power left, by the name of it, and all that was shown before them. */
type Losses = Map<string, { readonly left: Contents; readonly shown: readonly Shown[] }>;

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

interface Program {
  readonly name: string;
  readonly run: (place: Place, open: () => Promise<Opened>) => Promise<void>;
  /** Without a file of checkpoints, no checkpoint makes the names of the other files durable. */
  readonly withoutCheckpoints?: boolean;
}

const circumstancesOf = ({ state }: SeparatePlace, { withoutCheckpoints = false }: Program) => ({
  ...CIRCUMSTANCES,
  ...(withoutCheckpoints
    ? { checkpointFile: undefined }
    : { noteKeyFile: join(state, 'note.key') }),
});

/** What is known of a log before a program runs. */
interface Before extends Shown {
  readonly disk: Disk;
}

const keysOf = ({ engine }: Opened) => [engine.verifierKey, engine.noteVerifierKey];

/** Runs a program, adds each different thing that a loss of power can leave of it, and returns the moments after each change. */
async function record(
  losses: Losses,
  place: SeparatePlace,
  program: Program,
  before?: Before,
): Promise<Before[]> {
  putBack(place, before?.disk.contents ?? new Map());
  const disk = new RecordedDisk([place.folder, place.state], before?.disk);
  const found = new Map<string, Shown & { readonly left: Contents }>();
  const moments: Before[] = [];
  const seen = new Map(before?.seen);
  let keys = before?.keys;
  disk.changed = (what) => {
    const seals = disk.contents.get(place.seals) ?? new Uint8Array(0);
    for (const line of Buffer.from(seals).toString('latin1').split('\n').slice(0, -1)) {
      const number = Number(line.split(' ', 1)[0]);
      expect(line, `a second seal ${String(number)}`).toBe(seen.get(number) ?? line);
      seen.set(number, line);
    }
    const shown = { seen: new Map(seen), keys, what };
    moments.push({ ...shown, disk: new RecordedDisk([], disk) });
    // What is visible only grows, so the last of the same losses asks most.
    for (const left of before === undefined ? disk.losses() : disk.extremeLosses())
      found.set(nameOf(left), { ...shown, left });
  };
  recorder.disk = disk;
  try {
    await program.run(place, async () => {
      const sealer = await new Opened(place).open(circumstancesOf(place, program));
      keys = keysOf(sealer);
      return sealer;
    });
  } finally {
    recorder.disk = undefined;
  }
  const isEqual = nameOf(disk.contents) === nameOf(filesIn(place));
  expect(isEqual, 'the record has every change').toBe(true);
  for (const [name, { left, ...shown }] of found)
    losses.set(name, { left, shown: [...(losses.get(name)?.shown ?? []), shown] });
  return moments;
}

/** Starts a sealer on what a loss left, and expects that the log is whole and has every seal that was visible. */
async function expectGoesOn(
  place: SeparatePlace,
  program: Program,
  left: Contents,
  shown: readonly Shown[],
): Promise<void> {
  putBack(place, left);
  const names = [...left.keys()].map((file) => file.slice(place.folder.length)).join();
  const note = `${shown.map(({ what }) => what).join()}: ${names}`;
  const next = new Opened(place);
  // A second signature of a number would differ.
  next.time += 3600;
  const refused = await failureOf(next.open(circumstancesOf(place, program)));
  expect(next.errors, note).toEqual([]);
  let [verifierKey] = shown.flatMap(({ keys = [] }) => keys);
  if (refused === undefined) {
    for (const { keys } of shown) expect(keys ?? keysOf(next), note).toEqual(keysOf(next));
    verifierKey = next.engine.verifierKey;
    real.appendFileSync(place.log, '\nafter the loss\n');
    await next.engine.close(true);
    expect(next.errors, note).toEqual([]);
  } else expect(refused, note).toMatchObject({ reason: 'ended' });
  const lines = linesOf(place);
  for (const { seen } of shown)
    for (const [number, line] of seen) expect(lines[number], note).toBe(line);
  const verdict = await verdictOn(place.log, verifierKey!, { mustEnd: true });
  expect(verdict, note).toMatchObject({
    failure: undefined,
    ended: true,
    hashesWrong: false,
    seals: lines.length - 1,
  });
}

const write = (place: Place, text: string): void => appendFileSync(place.log, text);

const PROGRAMS: readonly Program[] = [
  {
    name: 'a new log, seals and a succession',
    run: async (place, open) => {
      write(place, 'one\ntwo\nthree');
      const { engine } = await open();
      await engine.seal();
      write(place, ' and more\nfour\n');
      await engine.seal();
      write(place, 'five\n');
      await engine.close(false);
    },
  },
  {
    name: 'a log that is made after its sealer',
    withoutCheckpoints: true,
    run: async (place, open) => {
      const { engine } = await open();
      await engine.seal();
      await engine.seal();
      write(place, 'one\n');
      await engine.seal();
      await engine.close(false);
    },
  },
  {
    name: 'a start, and the end',
    run: async (place, open) => {
      write(place, 'one\n');
      await (await open()).engine.close(false);
      const { engine } = await open();
      write(place, 'two\n');
      await engine.seal();
      write(place, 'three\n');
      await engine.close(true);
    },
  },
  {
    name: 'a rotation',
    run: async (place, open) => {
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
  },
];

// Of what a killed run did not flush, the next start must rely on nothing.
test.each(PROGRAMS)(
  '$name, with a loss of power at any moment, also of the start after a kill at any moment',
  async (program) => {
    const place = separatePlace();
    const losses: Losses = new Map();
    const moments = await record(losses, place, program);
    expect(Math.min(losses.size, moments.length)).toBeGreaterThan(50);
    const start: Program = {
      ...program,
      run: async (_place, open) => {
        const sealer = await open().catch((error: unknown) => {
          expect(error).toMatchObject({ reason: 'ended' });
        });
        // Entries can wait for the end of an old file.
        await sealer?.engine.close(false).catch((error: unknown) => {
          expect(error).toMatchObject({ reason: 'waiting-file' });
        });
      },
    };
    let before = '';
    for (const moment of moments) {
      // A flush does not change what a killed run leaves, and before it more can be lost.
      const left = nameOf(moment.disk.contents);
      if (left !== before) await record(losses, place, start, moment);
      before = left;
    }
    for (const { left, shown } of losses.values()) await expectGoesOn(place, program, left, shown);
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
