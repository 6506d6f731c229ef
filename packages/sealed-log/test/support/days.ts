/** Random days of a log, and of another machine that fetches and verifies it. */
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { expect } from 'vitest';
import { sealedLog } from '../command/sealed-log.js';
import { newPlace, Opened, placeIn, type Place } from './engines.js';

const HOUR = 3600;
const ROTATED = 'audit.log-*';

const EVENTS = [
  ...['append', 'append', 'seal', 'seal', 'rotate', 'compress', 'prune'],
  ...['erase', 'stop', 'start', 'fetch', 'fetch', 'wait'],
] as const;
type Event = (typeof EVENTS)[number];

interface Verdict {
  readonly code: number;
  readonly prunedEntries: number;
}

/** A log, and the other machine. */
export class Days {
  readonly #place: Place;
  readonly #copy: string;
  readonly #safe: string;
  sealer: Opened | undefined;
  #verifierKey = '';
  time = 1_795_000_000;
  #elapsed = 0;
  #lines = 0;
  #rotations = 0;
  /** What was done, for a failure. */
  readonly done: string[] = [];

  constructor() {
    const { folder } = newPlace();
    const [app, copy, safe] = ['app', 'copy', 'safe'].map((name) => join(folder, name));
    for (const each of [app!, copy!, safe!]) mkdirSync(each);
    this.#place = placeIn(app!);
    this.#copy = copy!;
    this.#safe = safe!;
    writeFileSync(join(safe!, 'erased'), '');
  }

  /** The old files, oldest first. */
  get old(): string[] {
    const { folder } = this.#place;
    const names = readdirSync(folder).filter((name) => name.startsWith('audit.log-'));
    return names.sort().map((name) => join(folder, name));
  }

  get log(): string {
    return this.#place.log;
  }

  async take(event: Event, pick: number): Promise<void> {
    this.done.push(`${event} ${String(pick)}`);
    this.pass(60);
    await this[event](pick);
  }

  pass(seconds: number): void {
    this.time += seconds;
    this.#elapsed += seconds * 1000;
    if (this.sealer === undefined) return;
    this.sealer.time = this.time;
    this.sealer.elapsed = this.#elapsed;
  }

  append(count = 1): void {
    const lines = Array.from({ length: 1 + (count % 3) }, () => {
      this.#lines += 1;
      return `line ${String(this.#lines)}\n`;
    });
    appendFileSync(this.log, lines.join(''));
    utimesSync(this.log, this.time, this.time);
  }

  async seal(): Promise<void> {
    for (let ticks = 0; ticks < 3; ticks += 1) {
      this.pass(10);
      await this.sealer?.engine.tick();
    }
    await this.sealer?.engine.seal();
  }

  rotate(): void {
    if (!existsSync(this.log)) return;
    this.#rotations += 1;
    renameSync(this.log, `${this.log}-${String(20_200_100 + this.#rotations)}`);
    this.append();
  }

  compress(pick: number): void {
    const plain = this.old.filter((path) => !path.endsWith('.gz'));
    const path = plain[pick % plain.length];
    // The last one stays unpacked, for programs that write to it still.
    if (path === undefined || path === plain.at(-1)) return;
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    utimesSync(`${path}.gz`, this.time, this.time);
    rmSync(path);
  }

  /** Files whose entries were sealed long ago go from the front. */
  async prune(): Promise<void> {
    if (this.sealer === undefined || this.old.length < 2) return;
    await this.seal();
    this.pass(2 * HOUR);
    rmSync(this.old[0]!);
    await this.seal();
  }

  async erase(pick: number): Promise<void> {
    const { keyFile } = this.#place;
    const size = this.#sealedEntries();
    if (size === 0) return;
    const entry = pick % size;
    const options = ['--reason', 'a request', '--key-file', keyFile, '--rotated', ROTATED];
    const before = this.#files();
    const { code, stderr } = await sealedLog(['erase', this.log, String(entry), ...options]);
    if (code === 0) {
      appendFileSync(join(this.#safe, 'erased'), `${String(entry)} a request\n`);
      // The command has the clock of the machine.
      utimesSync(this.log, this.time, this.time);
      return;
    }
    expect(this.#files()).toEqual(before);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/compressed|in no file/)]);
  }

  /** The number of entries, and the first that is there, when all are sealed. */
  get entries(): { size: number; first: number } {
    const files = [...this.old, this.log];
    const lines = files.flatMap((path) => linesIn(path)).length;
    const size = this.#sealedEntries();
    return { size, first: size - lines };
  }

  /** All lines with the numbers of their entries, oldest first. */
  get lines(): { path: string; line: string; index: number; number: number }[] {
    const { first } = this.entries;
    return [...this.old, this.log]
      .flatMap((path) => linesIn(path).map((line, index) => ({ path, line, index })))
      .map((each, at) => ({ ...each, number: first + at }));
  }

  /** The verdict of a run that reads everything. */
  async judge(): Promise<Verdict> {
    const { code, stdout } = await this.verify(true);
    return { ...(JSON.parse(stdout) as Omit<Verdict, 'code'>), code };
  }

  get seals(): { text: string; time: number; size: number }[] {
    const texts = readFileSync(this.#place.seals, 'latin1').trimEnd().split('\n');
    return texts.map((text) => {
      const [, time, , size] = text.split(' ').map(Number);
      return { text, time: time!, size: size! };
    });
  }

  set seals(seals: readonly { text: string }[]) {
    writeFileSync(this.#place.seals, seals.map(({ text }) => `${text}\n`).join(''));
  }

  #sealedEntries(): number {
    return this.seals.at(-1)!.size;
  }

  #files(): string[] {
    return [...this.old, this.log].map((path) => readFileSync(path, 'latin1'));
  }

  async stop(): Promise<void> {
    const { sealer } = this;
    this.sealer = undefined;
    await sealer?.engine.close(false).catch((error: unknown) => {
      // Right after a rotation.
      expect(error).toMatchObject({ reason: 'waiting-file' });
    });
  }

  async start(): Promise<void> {
    if (this.sealer !== undefined) return;
    const clocks = { time: this.time, elapsed: this.#elapsed };
    const given = { depth: 2, settle: 5000, rotated: ROTATED, checkpointFile: undefined };
    this.sealer = await new Opened(this.#place).open({ ...given, ...clocks });
    this.#verifierKey = this.sealer.engine.verifierKey;
    expect(this.sealer.errors).toEqual([]);
    await this.seal();
  }

  wait(pick: number): void {
    this.pass(60 * (1 + (pick % 5)));
  }

  async fetch(): Promise<void> {
    const { code, stdout } = await this.verify();
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^✓/)]);
  }

  /** The other machine copies the files, and goes on from its state or reads everything. */
  async verify(isWhole = false): Promise<{ code: number; stdout: string }> {
    const { folder } = this.#place;
    for (const name of readdirSync(this.#copy)) rmSync(join(this.#copy, name));
    for (const name of readdirSync(folder).filter((each) => each.startsWith('audit.log'))) {
      if (name.includes('evolock')) continue;
      copyFileSync(join(folder, name), join(this.#copy, name));
      utimesSync(join(this.#copy, name), this.time, this.time);
    }
    const log = join(this.#copy, 'audit.log');
    const { length } = readFileSync(join(this.#safe, 'erased'));
    return sealedLog(
      [
        ...['verify', log, '--rotated', ROTATED, '--key', this.#verifierKey, '--must-go-on'],
        ...['--retention', '1h', '--max-age', '1h'],
        ...(length === 0 ? [] : ['--erased', join(this.#safe, 'erased')]),
        ...(isWhole ? ['--json'] : ['--resume', join(this.#safe, 'state')]),
      ],
      { now: new Date(this.time * 1000) },
    );
  }
}

/** The lines of a file, also of a compressed one. */
export function linesIn(path: string): string[] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
  return text.split('\n').slice(0, -1);
}

/** Writes the lines of a file, compressed as it was. */
export function writeLines(path: string, lines: readonly string[]): void {
  const text = Buffer.from(lines.map((line) => `${line}\n`).join(''));
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
}

/** What happens, at most so often. */
export const events = (maxLength: number) =>
  fc.array(fc.tuple(fc.constantFrom(...EVENTS), fc.nat(1000)), { maxLength, size: 'max' });

/** A log after honest days, all of which is sealed and was verified. */
export async function honestDays(taken: readonly (readonly [Event, number])[]): Promise<Days> {
  const days = new Days();
  days.append();
  await days.start();
  for (const [event, pick] of taken) await days.take(event, pick);
  await days.start();
  await days.seal();
  await days.fetch();
  expect(await days.verify(true)).toMatchObject({ code: 0 });
  await days.stop();
  return days;
}

/** What a dishonest machine does. It fails when that is not found, or something else is said. */
type Dishonesty = (days: Days, pick: number) => Promise<void>;

/** A run that goes on from its state may find it. A run that reads everything finds it at its place. */
export async function expectFound(days: Days, pick: number, dishonest: Dishonesty): Promise<void> {
  await dishonest(days, pick);
}

/** Changes a sealed line, or erases it without an accepted erasure. */
const changing =
  (to: (line: string) => string): Dishonesty =>
  async (days, pick) => {
    const { lines } = days;
    const honest = lines.flatMap(({ line }, at) => (line.trim() === '' ? [] : [at]));
    const at = honest[pick % honest.length]!;
    const { path, index, number: entry } = lines[at]!;
    const changed = linesIn(path).map((each, number) => (number === index ? to(each) : each));
    writeLines(path, changed);
    expect(await days.judge()).toMatchObject({ code: 1, changed: [[entry, entry + 1]] });
  };

/** Cuts seals from the end, and the entries that only they cover. */
export const cutting: Dishonesty = async (days, pick) => {
  const { lines, seals } = days;
  days.seals = seals.slice(0, 1 + (pick % (seals.length - 1)));
  const { size } = days.seals.at(-1)!;
  for (const path of [...days.old, days.log]) {
    const left = lines.filter((each) => each.path === path && each.number < size);
    const kept = left.map(({ line }) => line);
    if (kept.length === 0 && path !== days.log) rmSync(path);
    else writeLines(path, kept);
  }
  const { code, stdout } = await days.verify();
  expect([code, stdout]).toEqual([5, expect.stringContaining('the end was cut')]);
  days.pass(2 * HOUR);
  expect(await days.judge()).toMatchObject({ code: 5, changed: [], pruned: [] });
};

/** Removes an old file. Entries of the first one that were sealed long ago may go. */
export const removing: Dishonesty = async (days, pick) => {
  const { old, lines, seals } = days;
  if (old.length === 0) return cutting(days, pick);
  const path = old[pick % old.length]!;
  rmSync(path);
  const gone = lines.filter((each) => each.path === path);
  const { code, stdout } = await days.verify();
  if (code === 0) expect(stdout).toContain('not read again');
  const found = await days.judge();
  if (path !== old[0]) {
    const at = old.indexOf(path);
    const neighbours = [old[at - 1]!, old[at + 1] ?? days.log];
    // Where a file of blank lines lies, its neighbours say.
    const arePlaced = neighbours.every((each) => linesIn(each).some((line) => line.trim() !== ''));
    const missing = { kind: 'missing', entry: gone[0]!.number, entries: gone.length };
    // The failure is missing-entries, or entries when later ones stand in the place of those that are gone.
    expect([1, 5]).toContain(found.code);
    expect(found).toMatchObject(arePlaced ? { differences: [missing] } : {});
    return;
  }
  const sealedAt = (number: number) => seals.find(({ size }) => size > number)!.time;
  const young = gone.filter(
    ({ number, line }) => sealedAt(number) >= days.time - HOUR && line.trim() !== '',
  );
  expect(found).toMatchObject({ code: young.length === 0 ? 0 : 5, changed: [] });
  expect(found.prunedEntries).toBe(young.length);
};

export const change = fc.constantFrom(
  changing((line) => ' '.repeat(line.length)),
  changing((line) => line.replace(/.$/, '!')),
  cutting,
  removing,
);
